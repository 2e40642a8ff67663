package io.stele.gateway.v2;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The parameters of a request: those of its body, then those of its address. */
final class Form {
    private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "TRUE", "True");
    private static final Set<String> FALSE = Set.of("0", "f", "F", "false", "FALSE", "False");

    private final Map<String, String> fields = new HashMap<>();

    /** Adds those that are not there yet. */
    void add(String encoded) throws KeysException {
        for (String pair : encoded.split("&", -1)) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = decode(equals < 0 ? pair : pair.substring(0, equals));
                fields.putIfAbsent(name, equals < 0 ? "" : decode(pair.substring(equals + 1)));
            }
        }
    }

    private static String decode(String text) throws KeysException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        byte[] encoded = text.getBytes(UTF_8);
        for (int i = 0; i < encoded.length; i++) {
            if (encoded[i] == '%') {
                int high = i + 1 < encoded.length ? Character.digit(encoded[i + 1], 16) : -1;
                int low = i + 2 < encoded.length ? Character.digit(encoded[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    String wrong = new String(encoded, i, Math.min(3, encoded.length - i), UTF_8);
                    throw new KeysException(KeysError.INVALID_FORM, "invalid URL escape \"" + wrong + '"', 0);
                }
                bytes.write(high * 16 + low);
                i += 2;
            } else {
                bytes.write(encoded[i] == '+' ? ' ' : encoded[i]);
            }
        }
        return bytes.toString(UTF_8);
    }

    boolean has(String name) {
        return fields.containsKey(name);
    }

    String text(String name) {
        return fields.getOrDefault(name, "");
    }

    /** False when it is not there. */
    boolean flag(String name) throws KeysException {
        return flag(name, "invalid value for \"" + name + '"');
    }

    boolean flag(String name, String complaint) throws KeysException {
        String text = fields.get(name);
        if (text == null || FALSE.contains(text)) {
            return false;
        }
        if (!TRUE.contains(text)) {
            throw new KeysException(KeysError.INVALID_FIELD, complaint, 0);
        }
        return true;
    }

    /** 0 when it is not there. */
    long number(String name, KeysError error) throws KeysException {
        String text = fields.get(name);
        if (text == null) {
            return 0;
        }
        try {
            if (text.startsWith("+")) {
                throw new NumberFormatException(text);
            }
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw new KeysException(error, "invalid value for \"" + name + '"', 0);
        }
    }
}
