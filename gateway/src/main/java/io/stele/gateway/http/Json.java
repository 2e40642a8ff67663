package io.stele.gateway.http;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import io.grpc.Status;
import java.util.regex.Pattern;

/** Messages as JSON: names as in the API, 64 bit numbers as strings, bytes in base64, nothing that is 0 or empty. */
final class Json {
    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().preservingProtoFieldNames().omittingInsignificantWhitespace();
    private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();

    private static final Pattern EXCEPTION_NAME = Pattern.compile("^[\\w.$]+(Exception|Error): ");

    private Json() {}

    static String of(MessageOrBuilder message) {
        try {
            return PRINTER.print(message);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a message without Any cannot fail to print", e);
        }
    }

    /** Fills the message in; throws with a line for the sender. */
    static void parse(String text, Message.Builder into) throws InvalidProtocolBufferException {
        try {
            PARSER.merge(text, into);
        } catch (InvalidProtocolBufferException e) {
            // what Java calls the exception behind it is no business of the sender's
            String line = EXCEPTION_NAME.matcher(e.getMessage()).replaceFirst("");
            throw new InvalidProtocolBufferException(line, e);
        }
    }

    /** A failure, as etcd's JSON gateway says it. */
    static String failure(Status status) {
        String text = status.getDescription() == null ? status.getCode().name() : status.getDescription();
        return "{\"code\":" + status.getCode().value() + ",\"message\":" + quoted(text) + ",\"details\":[]}";
    }

    static String quoted(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c == '\n') {
                out.append("\\n");
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
