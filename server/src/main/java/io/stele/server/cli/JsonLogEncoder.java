package io.stele.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** A log line as etcd writes it: {@code {"level":"info","ts":"…","caller":"cli/Main.java:99","msg":"…"}}. */
final class JsonLogEncoder extends EncoderBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT);

    @Override
    public byte[] headerBytes() {
        return null;
    }

    @Override
    public byte[] footerBytes() {
        return null;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(256);
        line.append("{\"level\":");
        quoted(line, event.getLevel().toString().toLowerCase(Locale.ROOT));
        line.append(",\"ts\":");
        quoted(line, TIME.format(event.getInstant().atOffset(ZoneOffset.UTC)));
        line.append(",\"caller\":");
        quoted(line, caller(event));
        line.append(",\"msg\":");
        quoted(line, event.getFormattedMessage());
        if (event.getThrowableProxy() != null) {
            line.append(",\"error\":");
            quoted(
                    line,
                    event.getThrowableProxy().getClassName() + ": "
                            + event.getThrowableProxy().getMessage());
        }
        return line.append("}\n").toString().getBytes(UTF_8);
    }

    private static String caller(ILoggingEvent event) {
        StackTraceElement[] frames = event.getCallerData();
        if (frames.length == 0) {
            return "unknown";
        }
        String type = frames[0].getClassName();
        String packageName = type.substring(0, Math.max(0, type.lastIndexOf('.')));
        return packageName.substring(packageName.lastIndexOf('.') + 1)
                + '/'
                + frames[0].getFileName()
                + ':'
                + frames[0].getLineNumber();
    }

    private static void quoted(StringBuilder out, String text) {
        out.append('"');
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
        out.append('"');
    }
}
