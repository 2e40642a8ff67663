package io.stele.transport.peer;

import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.agrona.collections.MutableLong;

/** Says what was refused, each reason at once and then at most so often, with how much there was in between. */
final class RefusalLog implements FrameGate.RefusalListener {
    private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(30);

    private static final long KNOCKING_NS = TimeUnit.SECONDS.toNanos(5);

    private final Consumer<String> log;
    private final EnumMap<PeerRefusal, MutableLong> counts = new EnumMap<>(PeerRefusal.class);
    private final EnumMap<PeerRefusal, MutableLong> saidNs = new EnumMap<>(PeerRefusal.class);
    private long knockingSinceNs;
    private long knockedNs;
    private long errorCount;
    private long errorSaidNs;

    RefusalLog(Consumer<String> log) {
        this.log = log;
        for (PeerRefusal reason : PeerRefusal.values()) {
            counts.put(reason, new MutableLong());
            saidNs.put(reason, new MutableLong());
        }
    }

    @Override
    public void onRefused(PeerRefusal reason, long claimedSender, long claimedCluster) {
        say(
                reason,
                () -> "it names member " + Long.toHexString(claimedSender) + " of cluster "
                        + Long.toHexString(claimedCluster));
    }

    /**
     * A stream was not let in; on the driver's thread. Members that start together knock before they have been made
     * known to each other: only who goes on knocking is a stranger.
     */
    synchronized void onStreamRefused(InetSocketAddress source) {
        long nowNs = System.nanoTime();
        if (knockedNs == 0 || nowNs - knockedNs > INTERVAL_NS) {
            knockingSinceNs = nowNs;
        }
        knockedNs = nowNs;
        if (nowNs - knockingSinceNs < KNOCKING_NS) {
            return;
        }
        say(PeerRefusal.UNKNOWN_STREAM, () -> "it comes from " + source);
    }

    private synchronized void say(PeerRefusal reason, Supplier<String> detail) {
        MutableLong count = counts.get(reason);
        MutableLong said = saidNs.get(reason);
        count.increment();
        long nowNs = System.nanoTime();
        if (said.get() != 0 && nowNs - said.get() < INTERVAL_NS) {
            return;
        }
        said.set(nowNs);
        log.accept("dropped " + reason.text() + "; " + detail.get() + "; " + count.get()
                + " such since the last time this was said");
        count.set(0);
    }

    /** Trouble of the network or its driver; any thread. */
    synchronized void onError(Throwable error) {
        errorCount++;
        long nowNs = System.nanoTime();
        if (errorSaidNs != 0 && nowNs - errorSaidNs < INTERVAL_NS) {
            return;
        }
        errorSaidNs = nowNs;
        log.accept("trouble with the network between members (" + errorCount + " since this was last said): " + error);
        errorCount = 0;
    }
}
