package io.stele.client.cli;

import java.util.List;
import java.util.Locale;

/** put, get, del and compaction; the first three also within a transaction. */
final class KvCommands {
    private static final long DELETE_WARNING_NS = 2_000_000_000L;
    private static final String BOTH_PREFIX_AND_FROM_KEY =
            "`--prefix` and `--from-key` cannot be set at the same time, choose one";
    private static final String PUT_NEEDS = "put command needs 1 argument and input from stdin or 2 arguments";

    private KvCommands() {}

    static int put(Invocation invocation) {
        Operation.Put operation = putOperation(invocation, !invocation.session().inShell());
        OutputFormat format = invocation.format();
        format.put(invocation.store().put(operation));
        return 0;
    }

    static Operation.Put putOperation(Invocation invocation, boolean valueFromInput) {
        List<String> arguments = invocation.arguments();
        boolean ignoreValue = invocation.flag("ignore-value");
        if (arguments.isEmpty()) {
            throw Invocation.badArguments(PUT_NEEDS);
        }
        if (ignoreValue && arguments.size() > 1) {
            throw Invocation.badArguments("put command needs only 1 argument when 'ignore-value' is set");
        }
        String value = "";
        if (!ignoreValue) {
            boolean given = arguments.size() > 1;
            value = given
                    ? arguments.get(1)
                    : valueFromInput ? invocation.console().readAll() : "";
            if (!given && value.isEmpty()) {
                throw Invocation.badArguments(PUT_NEEDS);
            }
        }
        long lease;
        try {
            lease = GoNumber.parseLong(invocation.text("lease"), 16);
        } catch (IllegalArgumentException e) {
            throw Invocation.badArguments("bad lease ID (" + e.getMessage() + "), expecting ID in Hex");
        }
        return new Operation.Put(
                arguments.get(0),
                value,
                lease,
                invocation.flag("prev-kv"),
                ignoreValue,
                invocation.flag("ignore-lease"));
    }

    static int get(Invocation invocation) {
        Operation.Range operation = rangeOperation(invocation);
        boolean valuesOnly = invocation.flag("print-value-only");
        invocation.format();
        OutputFormat format = invocation.anyFormat(valuesOnly);
        if (operation.form().countOnly() && !(format instanceof FieldsFormat)) {
            throw Invocation.badArguments("--count-only is only for `--write-out=fields`");
        }
        if (valuesOnly && !(format instanceof SimpleFormat)) {
            throw Invocation.badArguments("print-value-only is only for `--write-out=simple`");
        }
        if (format instanceof SimpleFormat simple) {
            invocation.store().stream(operation, simple::pair);
        } else {
            format.range(invocation.store().range(operation));
        }
        return 0;
    }

    static Operation.Range rangeOperation(Invocation invocation) {
        if (invocation.arguments().isEmpty()) {
            throw Invocation.badArguments(
                    "get command needs one argument as key and an optional argument as range_end");
        }
        boolean keysOnly = invocation.flag("keys-only");
        boolean countOnly = invocation.flag("count-only");
        if (invocation.flag("prefix") && invocation.flag("from-key")) {
            throw Invocation.badArguments(BOTH_PREFIX_AND_FROM_KEY);
        }
        if (keysOnly && countOnly) {
            throw Invocation.badArguments(
                    "`--keys-only` and `--count-only` cannot be set at the same time, choose one");
        }
        boolean serializable = switch (invocation.text("consistency")) {
            case "l" -> false;
            case "s" -> true;
            default ->
                throw new CliException(
                        CliException.BAD_FEATURE,
                        "unknown consistency flag " + GoQuote.quote(invocation.text("consistency")));
        };
        String[] span = span(invocation);
        return new Operation.Range(
                span[0],
                span[1],
                Math.max(0, invocation.number("rev")),
                invocation.number("limit"),
                order(invocation.text("order")),
                target(invocation.text("sort-by")),
                bounds(invocation),
                new Operation.Form(keysOnly, countOnly, serializable));
    }

    private static Operation.Order order(String name) {
        return switch (name.toUpperCase(Locale.ROOT)) {
            case "" -> Operation.Order.NONE;
            case "ASCEND" -> Operation.Order.ASCEND;
            case "DESCEND" -> Operation.Order.DESCEND;
            default -> throw new CliException(CliException.BAD_FEATURE, "bad sort order " + name);
        };
    }

    private static Operation.Target target(String name) {
        return switch (name.toUpperCase(Locale.ROOT)) {
            case "", "KEY" -> Operation.Target.KEY;
            case "CREATE" -> Operation.Target.CREATE;
            case "MODIFY" -> Operation.Target.MODIFY;
            case "VALUE" -> Operation.Target.VALUE;
            case "VERSION" -> Operation.Target.VERSION;
            default -> throw new CliException(CliException.BAD_FEATURE, "bad sort target " + name);
        };
    }

    private static Operation.Bounds bounds(Invocation invocation) {
        Operation.Bounds bounds = new Operation.Bounds(
                Math.max(0, invocation.number("min-create-rev")),
                Math.max(0, invocation.number("max-create-rev")),
                Math.max(0, invocation.number("min-mod-rev")),
                Math.max(0, invocation.number("max-mod-rev")));
        checkBounds("Create", bounds.minCreate(), bounds.maxCreate());
        checkBounds("Mod", bounds.minModify(), bounds.maxModify());
        return bounds;
    }

    private static void checkBounds(String kind, long min, long max) {
        if (max > 0 && min > max) {
            throw new CliException(
                    CliException.BAD_FEATURE,
                    "getMin" + kind + "Rev(=" + min + ") > getMax" + kind + "Rev(=" + max + ")");
        }
    }

    /** The first key and the end: of one key, of the range given, of a prefix, or without an end. */
    private static String[] span(Invocation invocation) {
        List<String> arguments = invocation.arguments();
        String key = arguments.get(0);
        boolean prefix = invocation.flag("prefix");
        boolean fromKey = invocation.flag("from-key");
        if (arguments.size() > 1) {
            if (prefix || fromKey) {
                throw Invocation.badArguments(
                        "too many arguments, only accept one argument when `--prefix` or `--from-key` is set");
            }
            return new String[] {key, arguments.get(1)};
        }
        if (!prefix && !fromKey) {
            return new String[] {key, ""};
        }
        if (key.isEmpty()) {
            return new String[] {Operation.NO_END, Operation.NO_END};
        }
        return new String[] {key, prefix ? Operation.prefixEnd(key) : Operation.NO_END};
    }

    static int del(Invocation invocation) {
        Operation.Delete operation = deleteOperation(invocation);
        OutputFormat format = invocation.format();
        if (invocation.arguments().size() > 1 && !invocation.flag("range")) {
            invocation
                    .console()
                    .complain("Warning: Keys between " + GoQuote.quote(operation.key()) + " and "
                            + GoQuote.quote(operation.end())
                            + " will be deleted. Please interrupt the command within next 2 seconds to cancel."
                            + " You can provide `--range` flag to avoid the delay.");
            invocation.session().context().pause().forNs(DELETE_WARNING_NS);
        }
        format.delete(invocation.store().delete(operation));
        return 0;
    }

    static Operation.Delete deleteOperation(Invocation invocation) {
        if (invocation.arguments().isEmpty() || invocation.arguments().size() > 2) {
            throw Invocation.badArguments(
                    "del command needs one argument as key and an optional argument as range_end");
        }
        if (invocation.flag("prefix") && invocation.flag("from-key")) {
            throw Invocation.badArguments(BOTH_PREFIX_AND_FROM_KEY);
        }
        String[] span = span(invocation);
        return new Operation.Delete(span[0], span[1], invocation.flag("prev-kv"));
    }

    static int compaction(Invocation invocation) {
        if (invocation.arguments().size() != 1) {
            throw Invocation.badArguments("compaction command needs 1 argument");
        }
        long revision;
        try {
            revision = GoNumber.parseLong(invocation.arguments().get(0), 10);
        } catch (IllegalArgumentException e) {
            throw new CliException(CliException.ERROR, e.getMessage());
        }
        invocation.store().compact(revision, invocation.flag("physical"));
        invocation.console().println("compacted revision " + revision);
        return 0;
    }
}
