package io.stele.client.cli;

import java.util.List;

/*
 * How answers are written: one class for each value of --write-out. What a format cannot write is refused before the
 * request is sent (etcdctl sends it first).
 */
interface OutputFormat {
    /** One endpoint and how it did; took is null where no answer was waited for, error is empty where it is well. */
    record Health(String endpoint, boolean healthy, String took, String error) {}

    /** One endpoint and its state. */
    record EndpointStatus(String endpoint, Reply.Status status) {}

    /** One endpoint and the checksum of its history. */
    record EndpointHash(String endpoint, Reply.HashKv hash) {}

    void put(Reply.Put reply);

    void range(Reply.Range reply);

    void delete(Reply.Delete reply);

    void txn(Reply.Txn reply);

    void watched(Reply.Watched reply);

    void leaseGranted(Reply.Lease reply);

    void leaseRevoked(long id, Reply.Done reply);

    void leaseRenewed(Reply.Lease reply);

    void leaseTime(Reply.LeaseTime reply, boolean keys);

    void leases(Reply.Leases reply);

    void members(Reply.Members reply);

    void memberAdded(Reply.Members reply);

    /** What was done to the member, as in "removed from". */
    void memberChanged(Reply.Members reply, String done);

    void leaderMoved(Reply.Done reply, long from, long to);

    void alarms(Reply.Alarms reply);

    /** And how that is said in simple words. */
    void downgraded(Reply.Downgrade reply, String text);

    /** And how that is said in simple words. */
    void authChanged(Reply.Auth reply, String text);

    void authStatus(Reply.Auth reply);

    void user(String name, Reply.Auth reply);

    void users(Reply.Auth reply);

    void role(String name, Reply.Auth reply);

    void roles(Reply.Auth reply);

    void hashes(List<EndpointHash> list);

    void health(List<Health> list);

    void status(List<EndpointStatus> list);

    static OutputFormat of(String name, Console console, boolean hex, boolean valuesOnly) {
        return switch (name) {
            case "simple" -> new SimpleFormat(console, hex, valuesOnly);
            case "json" -> new JsonFormat(console);
            case "fields" -> new FieldsFormat(console, hex);
            case "table" -> new TableFormat(console);
            default ->
                throw new CliException(
                        CliException.BAD_FEATURE,
                        "unsupported output format" + (name.isEmpty() ? "" : " " + name)
                                + "; use simple, json, fields or table");
        };
    }
}
