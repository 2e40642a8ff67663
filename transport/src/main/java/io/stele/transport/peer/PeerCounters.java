package io.stele.transport.peer;

import java.util.EnumMap;
import org.agrona.collections.MutableLong;

/** What a link counts, written by the polling thread only. */
public final class PeerCounters {
    private final EnumMap<PeerRefusal, MutableLong> refused = new EnumMap<>(PeerRefusal.class);
    private long framesReceived;
    private long bytesReceived;
    private long framesSent;
    private long bytesSent;
    private long backPressured;

    public PeerCounters() {
        for (PeerRefusal reason : PeerRefusal.values()) {
            refused.put(reason, new MutableLong());
        }
    }

    public void onReceived(int length) {
        framesReceived++;
        bytesReceived += length;
    }

    public void onSent(int length) {
        framesSent++;
        bytesSent += length;
    }

    public void onBackPressured() {
        backPressured++;
    }

    void onRefused(PeerRefusal reason) {
        refused.get(reason).increment();
    }

    public long refused(PeerRefusal reason) {
        return refused.get(reason).get();
    }

    public long framesReceived() {
        return framesReceived;
    }

    public long bytesReceived() {
        return bytesReceived;
    }

    public long framesSent() {
        return framesSent;
    }

    public long bytesSent() {
        return bytesSent;
    }

    public long backPressured() {
        return backPressured;
    }
}
