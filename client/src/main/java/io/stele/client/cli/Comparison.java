package io.stele.client.cli;

/*
 * One condition of a transaction, as etcdctl writes them:
 *
 *     mod("key") > "5"        target ("key") relation "operand"
 *
 * target: ver, version, c, create, m, mod, val, value, lease. Relation: = != < >, between spaces. Both quoted parts
 * take Go's escapes, or are in back quotes. A lease is given in hexadecimal, other numbers in decimal.
 */
record Comparison(Target target, String key, Relation relation, String operand, long number) {
    /** Field compared. */
    enum Target {
        VERSION("ver", "version"),
        CREATE("c", "create"),
        MODIFY("m", "mod"),
        VALUE("val", "value"),
        LEASE("lease", "lease");

        private final String alias;
        private final String name;

        Target(String alias, String name) {
            this.alias = alias;
            this.name = name;
        }
    }

    /** Relation that must hold between what is stored and the operand. */
    enum Relation {
        EQUAL("="),
        NOT_EQUAL("!="),
        GREATER(">"),
        LESS("<");

        private final String sign;

        Relation(String sign) {
            this.sign = sign;
        }
    }

    static Comparison parse(String line) {
        int open = line.indexOf('(');
        if (open < 0) {
            throw malformed(line, "");
        }
        String targetName = line.substring(0, open);
        Scanner scanner = new Scanner(line, open + 1);
        String key = scanner.quoted();
        boolean closed = key != null && scanner.closing();
        String sign = closed ? scanner.word() : "";
        String operand = sign.isEmpty() || !scanner.blank() ? null : scanner.quoted();
        if (operand == null) {
            throw malformed(
                    line, "; got " + targetName + "(" + GoQuote.quote(key == null ? "" : key) + ") " + sign + " \"\"");
        }
        Target target = target(line, targetName);
        return new Comparison(target, key, relation(line, sign), operand, number(line, target, operand));
    }

    private static Target target(String line, String name) {
        for (Target target : Target.values()) {
            if (target.name.equals(name) || target.alias.equals(name)) {
                return target;
            }
        }
        throw malformed(line, " (unknown target " + name + ")");
    }

    private static Relation relation(String line, String sign) {
        for (Relation relation : Relation.values()) {
            if (relation.sign.equals(sign)) {
                return relation;
            }
        }
        throw malformed(line, " (unknown relation " + sign + ": use =, !=, < or >)");
    }

    private static long number(String line, Target target, String operand) {
        try {
            return switch (target) {
                case VALUE -> 0;
                case LEASE -> GoNumber.parseLong(operand, 16);
                case VERSION, CREATE, MODIFY -> GoNumber.parseLong(operand, 10);
            };
        } catch (IllegalArgumentException e) {
            throw new CliException(CliException.INVALID_INPUT, "invalid txn compare request: " + line);
        }
    }

    private static CliException malformed(String line, String detail) {
        return new CliException(CliException.INVALID_INPUT, "malformed comparison: " + line + detail);
    }

    /** Reads the parts one after the other; after the last one, the rest of the line is of no concern. */
    private static final class Scanner {
        private final String line;
        private int at;

        Scanner(String line, int at) {
            this.line = line;
            this.at = at;
        }

        /** The next quoted string, null if there is none. */
        String quoted() {
            blank();
            if (at == line.length() || (line.charAt(at) != '"' && line.charAt(at) != '`')) {
                return null;
            }
            int end = GoQuote.end(line, at);
            String raw = end < 0 ? null : line.substring(at, end);
            at = end < 0 ? line.length() : end;
            return raw == null ? null : GoQuote.unquote(raw);
        }

        /** A closing parenthesis and at least one space. */
        boolean closing() {
            if (at == line.length() || line.charAt(at) != ')') {
                return false;
            }
            at++;
            return blank();
        }

        String word() {
            int from = at;
            while (at < line.length() && !Words.isSpace(line.charAt(at))) {
                at++;
            }
            return line.substring(from, at);
        }

        /** Skips spaces; true if there were any. */
        boolean blank() {
            int from = at;
            while (at < line.length() && Words.isSpace(line.charAt(at))) {
                at++;
            }
            return at > from;
        }
    }
}
