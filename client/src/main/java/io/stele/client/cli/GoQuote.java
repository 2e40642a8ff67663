package io.stele.client.cli;

/*
 * Quoted strings as Go writes and reads them (%q): etcdctl's `fields` format prints them, its transactions read them.
 *
 * Bytes that are valid UTF-8 of a printable character stay as they are; all others are written as escapes.
 */
final class GoQuote {
    private static final String SIMPLE = "abfnrtv";
    private static final String SIMPLE_VALUES = "\u0007\b\f\n\r\t\u000b";
    private static final int INVALID = -1;

    private GoQuote() {}

    static String quote(String octets) {
        StringBuilder out = new StringBuilder(octets.length() + 2).append('"');
        for (int at = 0; at < octets.length(); ) {
            int first = octets.charAt(at);
            int length = first < 0x80 ? 1 : sequenceLength(octets, at);
            int codePoint = length == 0 ? INVALID : decode(octets, at, length);
            if (codePoint == INVALID) {
                hex(out.append("\\x"), first, 2);
                at++;
            } else {
                character(out, octets, at, length, codePoint);
                at += length;
            }
        }
        return out.append('"').toString();
    }

    private static void character(StringBuilder out, String octets, int at, int length, int codePoint) {
        int simple = SIMPLE_VALUES.indexOf(codePoint);
        if (codePoint == '"' || codePoint == '\\') {
            out.append('\\').append((char) codePoint);
        } else if (isPrintable(codePoint)) {
            out.append(octets, at, at + length);
        } else if (simple >= 0) {
            out.append('\\').append(SIMPLE.charAt(simple));
        } else if (codePoint < ' ' || codePoint == 0x7f) {
            hex(out.append("\\x"), codePoint, 2);
        } else if (codePoint < 0x10000) {
            hex(out.append("\\u"), codePoint, 4);
        } else {
            hex(out.append("\\U"), codePoint, 8);
        }
    }

    private static boolean isPrintable(int codePoint) {
        if (codePoint < 0x80) {
            return codePoint >= ' ' && codePoint < 0x7f;
        }
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR -> false;
            default -> true;
        };
    }

    /** Bytes of the UTF-8 sequence that starts here, by its first byte; 0 if none does. */
    private static int sequenceLength(String octets, int at) {
        int first = octets.charAt(at);
        int length = first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : 0;
        if (first >= 0xf0 && first <= 0xf4) {
            length = 4;
        }
        return at + length <= octets.length() ? length : 0;
    }

    private static int decode(String octets, int at, int length) {
        int codePoint = length == 1 ? octets.charAt(at) : octets.charAt(at) & (0x7f >> length);
        for (int i = at + 1; i < at + length; i++) {
            int next = octets.charAt(i);
            if ((next & 0xc0) != 0x80) {
                return INVALID;
            }
            codePoint = (codePoint << 6) | (next & 0x3f);
        }
        boolean overlong = (length == 3 && codePoint < 0x800) || (length == 4 && codePoint < 0x10000);
        boolean surrogate = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
        return overlong || surrogate || codePoint > Character.MAX_CODE_POINT ? INVALID : codePoint;
    }

    static void hex(StringBuilder out, long value, int digits) {
        for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
            out.append(Character.forDigit((int) (value >>> shift) & 0xf, 16));
        }
    }

    /** Index behind the quoted string that starts at `at`, escapes not looked into; -1 if it does not end. */
    static int end(String octets, int at) {
        char quote = octets.charAt(at);
        for (int i = at + 1; i < octets.length(); i++) {
            char c = octets.charAt(i);
            if (c == quote) {
                return i + 1;
            }
            if (c == '\\' && quote == '"') {
                i++;
            }
        }
        return -1;
    }

    /** What a string in double quotes or back quotes stands for, or null if an escape is wrong. */
    static String unquote(String quoted) {
        String body = quoted.substring(1, quoted.length() - 1);
        if (quoted.charAt(0) == '`' || body.indexOf('\\') < 0) {
            return quoted.charAt(0) != '`' && body.indexOf('\n') >= 0 ? null : body;
        }
        StringBuilder out = new StringBuilder(body.length());
        for (int at = 0; at >= 0 && at < body.length(); ) {
            if (body.charAt(at) == '\n') {
                return null;
            }
            if (body.charAt(at) == '\\') {
                at = escape(body, at + 1, out);
            } else {
                out.append(body.charAt(at++));
            }
            if (at < 0) {
                return null;
            }
        }
        return out.toString();
    }

    /** Appends what the escape at `at` (behind the backslash) stands for; returns the index behind it, -1 if wrong. */
    private static int escape(String body, int at, StringBuilder out) {
        if (at >= body.length()) {
            return -1;
        }
        char kind = body.charAt(at);
        int simple = SIMPLE.indexOf(kind);
        if (simple >= 0) {
            out.append(SIMPLE_VALUES.charAt(simple));
            return at + 1;
        }
        return switch (kind) {
            case '\\', '"' -> {
                out.append(kind);
                yield at + 1;
            }
            case 'x' -> number(body, at + 1, 2, 16, out, false);
            case 'u' -> number(body, at + 1, 4, 16, out, true);
            case 'U' -> number(body, at + 1, 8, 16, out, true);
            case '0', '1', '2', '3', '4', '5', '6', '7' -> number(body, at, 3, 8, out, false);
            default -> -1;
        };
    }

    private static int number(String body, int at, int digits, int radix, StringBuilder out, boolean codePoint) {
        if (at + digits > body.length()) {
            return -1;
        }
        long value = 0;
        for (int i = at; i < at + digits; i++) {
            int digit = Character.digit(body.charAt(i), radix);
            if (digit < 0) {
                return -1;
            }
            value = value * radix + digit;
        }
        if (!codePoint) {
            out.append((char) value);
            return value > 0xff ? -1 : at + digits;
        }
        if (value > Character.MAX_CODE_POINT || (value >= 0xd800 && value <= 0xdfff)) {
            return -1;
        }
        out.append(Octets.utf8(Character.toString((int) value)));
        return at + digits;
    }
}
