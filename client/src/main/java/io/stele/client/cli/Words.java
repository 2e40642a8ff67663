package io.stele.client.cli;

import java.util.ArrayList;
import java.util.List;

/*
 * Splits a line into words as etcdctl splits the lines of a transaction: "double quotes" with Go's escapes, 'single
 * quotes' without any. A quote opens a word only at its beginning: a"b is a word of three characters. A quote that does
 * not close is skipped by etcdctl; here it is an error, as data would silently change.
 */
final class Words {
    private Words() {}

    static List<String> split(String line) {
        List<String> words = new ArrayList<>();
        int at = 0;
        while (true) {
            while (at < line.length() && isSpace(line.charAt(at))) {
                at++;
            }
            if (at == line.length()) {
                return words;
            }
            char first = line.charAt(at);
            int end = first == '"'
                    ? GoQuote.end(line, at)
                    : first == '\'' ? line.indexOf('\'', at + 1) + 1 : bare(line, at);
            if (end <= 0) {
                throw new CliException(
                        CliException.INVALID_INPUT,
                        "unterminated " + first + " at column " + (at + 1) + " of: " + line);
            }
            words.add(word(line.substring(at, end), first));
            at = end;
        }
    }

    private static String word(String raw, char first) {
        if (first == '\'') {
            return raw.substring(1, raw.length() - 1);
        }
        if (first != '"') {
            return raw;
        }
        String word = GoQuote.unquote(raw);
        if (word == null) {
            throw new CliException(CliException.INVALID_INPUT, "invalid syntax");
        }
        return word;
    }

    private static int bare(String line, int from) {
        int at = from;
        while (at < line.length() && !isSpace(line.charAt(at))) {
            at++;
        }
        return at;
    }

    static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
    }

    /** Without white space at both ends, as Go's TrimSpace: that of ASCII, and 0x0b. */
    static String trim(String octets) {
        int from = 0;
        int to = octets.length();
        while (from < to && (isSpace(octets.charAt(from)) || octets.charAt(from) == 0x0b)) {
            from++;
        }
        while (to > from && (isSpace(octets.charAt(to - 1)) || octets.charAt(to - 1) == 0x0b)) {
            to--;
        }
        return octets.substring(from, to);
    }
}
