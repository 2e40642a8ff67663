package io.stele.transport.peer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;

/** What a link delivered, in order: {@code 2: hello}, {@code 2 lives}, {@code 9 is a stranger}. */
public final class Received implements PeerHandler {
    public final List<String> events = new ArrayList<>();
    public final List<byte[]> frames = new ArrayList<>();

    /** Members of which it was said that they are gone. */
    public final List<Long> gone = new ArrayList<>();

    /** Members that say that another process is this one. */
    public final List<Long> takenForCloneBy = new ArrayList<>();

    @Override
    public void onNewLife(long memberId) {
        events.add(memberId + " lives");
    }

    @Override
    public void onFrame(long memberId, DirectBuffer buffer, int offset, int length) {
        byte[] frame = new byte[length];
        buffer.getBytes(offset, frame);
        frames.add(frame);
        events.add(memberId + ": " + (length <= 64 ? new String(frame, StandardCharsets.UTF_8) : "long"));
    }

    @Override
    public void onGone(long memberId) {
        gone.add(memberId);
    }

    @Override
    public void onTakenForClone(long memberId) {
        takenForCloneBy.add(memberId);
    }

    @Override
    public void onStranger(long memberId) {
        events.add(memberId + " is a stranger");
    }
}
