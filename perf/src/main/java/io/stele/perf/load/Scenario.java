package io.stele.perf.load;

import java.util.List;
import java.util.Locale;

/** What a run does over and over. */
public enum Scenario {
    PUT(false, "Puts keys of the key space."),
    RANGE(true, "Gets one key at a time, linearizably unless --serializable."),
    TXN(true, "Compares a key's mod revision and puts it in the same transaction."),
    DELETE(true, "Deletes keys of the key space, one at a time."),
    MIXED(true, "Gets and puts, in the proportion of --read-ratio."),
    LIST(true, "Lists the whole key space with its values in one request, or --limit keys of it.");

    private final boolean needsData;
    private final String description;

    Scenario(boolean needsData, String description) {
        this.needsData = needsData;
        this.description = description;
    }

    /** Whether the key space is loaded before the run. */
    public boolean needsData() {
        return needsData;
    }

    public String description() {
        return description;
    }

    /** The kinds of operation, each with a histogram of its own. */
    public List<String> lanes() {
        return switch (this) {
            case PUT -> List.of("put");
            case RANGE -> List.of("get");
            case TXN -> List.of("txn");
            case DELETE -> List.of("delete");
            case MIXED -> List.of("get", "put");
            case LIST -> List.of("list");
        };
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
