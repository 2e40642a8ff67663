package io.stele.client.cli;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/*
 * make-mirror: copies all pairs under a prefix to another cluster, then every change as it comes, until something goes
 * wrong. With --rev it copies no pairs, but all changes from that revision on: so a mirror goes on where it stopped.
 *
 * What a revision has changed at the source changes at the destination in one transaction, unless it has more
 * operations than --max-txn-ops. Lost connections are made anew, here and there, and nothing is missed by that; what is
 * copied twice is the same afterwards.
 */
final class MirrorCommand {
    private static final long PROGRESS_NS = 30_000_000_000L;

    /** How often a change is sent to a destination that is not there, and how long that is waited for in between. */
    private static final int ATTEMPTS_MAX = 120;

    private static final long ATTEMPT_NS = 500_000_000L;

    /** Pairs that are read at once. */
    private static final long PAGE = 1000;

    /** Bytes of keys and values that go into one transaction of the first copy. */
    private static final int BATCH_BYTES_MAX = 512 * 1024;

    private final Store source;
    private final Store destination;
    private final CliContext.Pause pause;
    private final String prefix;
    private final String newPrefix;
    private final int operationsMax;
    private final AtomicLong copied = new AtomicLong();
    private final List<Operation> batch = new ArrayList<>();
    private final Set<String> batchKeys = new HashSet<>();
    private int batchBytes;

    private MirrorCommand(
            Store source,
            Store destination,
            CliContext.Pause pause,
            String prefix,
            String newPrefix,
            int operationsMax) {
        this.source = source;
        this.destination = destination;
        this.pause = pause;
        this.prefix = prefix;
        this.newPrefix = newPrefix;
        this.operationsMax = operationsMax;
    }

    static int run(Invocation invocation) {
        List<String> arguments = invocation.arguments();
        if (arguments.size() != 1) {
            throw Invocation.badArguments("make-mirror takes one destination argument");
        }
        String prefix = invocation.text("prefix");
        String newPrefix = invocation.text("dest-prefix");
        boolean withoutPrefix = invocation.flag("no-dest-prefix");
        if (withoutPrefix && !newPrefix.isEmpty()) {
            throw Invocation.badArguments(
                    "`--dest-prefix` and `--no-dest-prefix` cannot be set at the same time, choose one");
        }
        long operationsMax = invocation.number("max-txn-ops");
        if (operationsMax < 1 || operationsMax > Integer.MAX_VALUE) {
            throw Invocation.badArguments("--max-txn-ops must be at least 1");
        }
        MirrorCommand mirror = new MirrorCommand(
                invocation.store(),
                invocation.store(List.of(arguments.get(0).split(","))),
                invocation.session().context().pause(),
                prefix,
                newPrefix.isEmpty() && !withoutPrefix ? prefix : newPrefix,
                (int) operationsMax);
        mirror.tellProgress(invocation.console());
        throw mirror.copy(invocation.number("rev"));
    }

    private void tellProgress(Console console) {
        Thread thread = new Thread(
                () -> {
                    while (true) {
                        pause.forNs(PROGRESS_NS);
                        console.println(String.valueOf(copied.get()));
                        console.flush();
                    }
                },
                "progress");
        thread.setDaemon(true);
        thread.start();
    }

    /** Returns why it ended. */
    private CliException copy(long revision) {
        long next = revision > 1 ? revision : copyAll() + 1;
        CompletableFuture<CliException> ended = new CompletableFuture<>();
        String end = prefix.isEmpty() ? Operation.NO_END : Operation.prefixEnd(prefix);
        source.watch(new Operation.Watch(first(), end, next, false, false), reply -> {
            try {
                onChanges(reply);
            } catch (CliException e) {
                ended.complete(e);
            }
        });
        return ended.join();
    }

    private String first() {
        return prefix.isEmpty() ? Operation.NO_END : prefix;
    }

    /** Copies the pairs as they are at one revision, which is returned. */
    private long copyAll() {
        String end = prefix.isEmpty() ? Operation.NO_END : Operation.prefixEnd(prefix);
        String from = first();
        long revision = 0;
        boolean more = true;
        while (more) {
            Reply.Range page = source.range(new Operation.Range(
                    from,
                    end,
                    revision,
                    PAGE,
                    Operation.Order.NONE,
                    Operation.Target.KEY,
                    new Operation.Bounds(0, 0, 0, 0),
                    new Operation.Form(false, false, false)));
            revision = revision == 0 ? page.header().revision() : revision;
            for (Reply.Pair pair : page.pairs()) {
                if (batchBytes + pair.key().length() + pair.value().length() > BATCH_BYTES_MAX) {
                    commit();
                }
                put(pair);
                from = pair.key() + '\0';
            }
            more = page.more();
        }
        commit();
        return revision;
    }

    /** The changes of whole revisions, in order. */
    private void onChanges(Reply.Watched reply) {
        long revision = 0;
        for (Reply.Event event : reply.events()) {
            if (event.pair().modRevision() != revision) {
                commit();
                revision = event.pair().modRevision();
            }
            if (event.deletion()) {
                String key = renamed(event.pair().key());
                add(key, new Operation.Delete(key, "", false), 0);
            } else {
                put(event.pair());
            }
        }
        commit();
        if (reply.canceled()) {
            throw new CliException(
                    CliException.ERROR,
                    reply.compactRevision() > 0
                            ? "etcdserver: mvcc: required revision has been compacted"
                            : reply.reason());
        }
    }

    private void put(Reply.Pair pair) {
        String key = renamed(pair.key());
        Operation put = new Operation.Put(key, pair.value(), 0, false, false, false);
        add(key, put, key.length() + pair.value().length());
    }

    private void add(String key, Operation operation, int bytes) {
        if (batch.size() == operationsMax || !batchKeys.add(key)) { // nested transactions may change a key twice
            commit();
            batchKeys.add(key);
        }
        batch.add(operation);
        batchBytes += bytes;
    }

    private void commit() {
        if (batch.isEmpty()) {
            return;
        }
        send();
        copied.addAndGet(batch.size());
        batch.clear();
        batchKeys.clear();
        batchBytes = 0;
    }

    /** A destination that cannot be reached is waited for; to say the same twice does no harm. */
    private void send() {
        for (int attempt = 1; true; attempt++) {
            try {
                destination.txn(List.of(), batch, List.of());
                return;
            } catch (CliException e) {
                if (!e.isPassing() || attempt == ATTEMPTS_MAX) {
                    throw e;
                }
                pause.forNs(ATTEMPT_NS);
            }
        }
    }

    private String renamed(String key) {
        return newPrefix + key.substring(prefix.length());
    }
}
