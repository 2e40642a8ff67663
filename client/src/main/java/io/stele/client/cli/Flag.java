package io.stele.client.cli;

/** One option of a command: its name, the kind of its value, and what help says of it. */
record Flag(String name, char shorthand, Kind kind, String defaultValue, String usage) {
    /** What a flag's value may be; the word is what help shows for it. */
    enum Kind {
        BOOL(""),
        INT("int"),
        DURATION("duration"),
        STRING("string"),
        /** Comma separated; given again, it adds. */
        STRINGS("strings");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    static final char NO_SHORTHAND = 0;

    static Flag bool(String name, String usage) {
        return new Flag(name, NO_SHORTHAND, Kind.BOOL, "false", usage);
    }

    static Flag number(String name, String usage) {
        return new Flag(name, NO_SHORTHAND, Kind.INT, "0", usage);
    }

    static Flag string(String name, String defaultValue, String usage) {
        return new Flag(name, NO_SHORTHAND, Kind.STRING, defaultValue, usage);
    }

    static Flag duration(String name, String defaultValue, String usage) {
        return new Flag(name, NO_SHORTHAND, Kind.DURATION, defaultValue, usage);
    }

    Flag withShorthand(char letter) {
        return new Flag(name, letter, kind, defaultValue, usage);
    }

    Flag withDefault(String value) {
        return new Flag(name, shorthand, kind, value, usage);
    }

    boolean takesValue() {
        return kind != Kind.BOOL;
    }

    /** Throws IllegalArgumentException with Go's words if the text is no value of this flag. */
    void check(String value) {
        switch (kind) {
            case BOOL -> GoNumber.parseBoolean(value);
            case INT -> GoNumber.parseLong(value, 0);
            case DURATION -> GoNumber.parseDurationNs(value);
            case STRING, STRINGS -> {}
        }
    }

    /** How error messages name it. */
    String display() {
        return shorthand == NO_SHORTHAND ? "--" + name : "-" + shorthand + ", --" + name;
    }
}
