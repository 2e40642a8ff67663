package io.stele.consensus;

import io.stele.consensus.MemoryLog.Stored;
import io.stele.consensus.membership.Membership;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** A message on its way, with everything it carries copied; or a snapshot, which is transferred past the core. */
final class Packet {
    private final Message message = new Message();
    private final List<Stored> entries = new ArrayList<>();
    private final TestMember.Snapshot snapshot;

    private Packet(TestMember.Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    /** Encodes a message as a node would: the entries of an append come from the log. */
    static Packet of(Message sent, TestMember sender) {
        Packet packet = new Packet(sent.type() == MessageType.SNAPSHOT ? sender.snapshot() : null);
        packet.copy(sent);
        for (int i = 1; i <= sent.entryCount(); i++) {
            Stored stored = sender.log().get(sent.logIndex() + i);
            packet.entries.add(stored);
            byte[] payload = stored.payload().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
            packet.message.addEntry(stored.term(), stored.type(), new UnsafeBuffer(payload), 0, payload.length);
        }
        return packet;
    }

    private void copy(Message sent) {
        message.reset(sent.type(), sent.from(), sent.to(), sent.term())
                .log(sent.logIndex(), sent.logTerm())
                .commit(sent.commit())
                .round(sent.round())
                .hint(sent.hint())
                .flag(sent.flag());
        if (sent.payloadLength() > 0) {
            byte[] payload = new byte[sent.payloadLength()];
            sent.payload().getBytes(sent.payloadOffset(), payload);
            message.payload(sent.entryType(), new UnsafeBuffer(payload), 0, payload.length);
        }
    }

    Message message() {
        return message;
    }

    long from() {
        return message.from();
    }

    long to() {
        return message.to();
    }

    TestMember.Snapshot snapshot() {
        return snapshot;
    }

    /** What it says, with the entries it carries as {@code term:payload}. */
    String describe() {
        StringBuilder text = new StringBuilder(message.toString());
        for (Stored entry : entries) {
            text.append(' ').append(entry.term()).append(':');
            text.append(
                    switch (entry.type()) {
                        case 0 -> "noop";
                        case 2 -> "membership";
                        default -> entry.payload();
                    });
        }
        if (snapshot != null) {
            Membership membership = snapshot.membership();
            text.append(" (").append(snapshot.logIndex()).append('/').append(snapshot.term());
            text.append(", ").append(membership).append(')');
        }
        return text.toString();
    }
}
