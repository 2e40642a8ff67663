package io.stele.client.cli;

import java.util.Base64;

/*
 * Writes JSON as Go's encoder does, into one octet string. The caller keeps the nesting right; `…IfSet` leaves out
 * zero, as Go's omitempty.
 */
final class JsonText {
    private final StringBuilder out = new StringBuilder(256);
    private boolean comma;

    private void separate() {
        if (comma) {
            out.append(',');
        }
        comma = true;
    }

    private JsonText name(String name) {
        separate();
        quote(name);
        out.append(':');
        return this;
    }

    private JsonText open(char bracket) {
        out.append(bracket);
        comma = false;
        return this;
    }

    private JsonText close(char bracket) {
        out.append(bracket);
        comma = true;
        return this;
    }

    JsonText begin() {
        separate();
        return open('{');
    }

    JsonText begin(String name) {
        return name(name).open('{');
    }

    JsonText end() {
        return close('}');
    }

    JsonText beginList() {
        separate();
        return open('[');
    }

    JsonText beginList(String name) {
        return name(name).open('[');
    }

    JsonText endList() {
        return close(']');
    }

    JsonText number(String name, long value) {
        name(name);
        out.append(value);
        return this;
    }

    JsonText numberIfSet(String name, long value) {
        return value == 0 ? this : number(name, value);
    }

    JsonText unsignedIfSet(String name, long value) {
        if (value != 0) {
            name(name);
            out.append(Long.toUnsignedString(value));
        }
        return this;
    }

    JsonText flag(String name, boolean value) {
        name(name);
        out.append(value);
        return this;
    }

    JsonText flagIfSet(String name, boolean value) {
        return value ? flag(name, true) : this;
    }

    JsonText nothing(String name) {
        name(name);
        out.append("null");
        return this;
    }

    JsonText text(String name, String value) {
        name(name);
        quote(value);
        return this;
    }

    JsonText textIfSet(String name, String value) {
        return value.isEmpty() ? this : text(name, value);
    }

    JsonText text(String value) {
        separate();
        quote(value);
        return this;
    }

    JsonText bytes(String octets) {
        separate();
        base64(octets);
        return this;
    }

    JsonText bytesIfSet(String name, String octets) {
        if (!octets.isEmpty()) {
            name(name);
            base64(octets);
        }
        return this;
    }

    private void base64(String octets) {
        out.append('"')
                .append(Octets.of(Base64.getEncoder().encode(Octets.bytes(octets))))
                .append('"');
    }

    private void quote(String octets) {
        out.append('"');
        for (int i = 0; i < octets.length(); i++) {
            char c = octets.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> plain(c);
            }
        }
        out.append('"');
    }

    private void plain(char c) {
        if (c < ' ' || c == '<' || c == '>' || c == '&') {
            GoQuote.hex(out.append("\\u"), c, 4);
        } else {
            out.append(c);
        }
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
