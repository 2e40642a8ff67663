package io.stele.server.node;

import io.stele.transport.codec.CompactReplyDecoder;
import io.stele.transport.codec.CompactRequestDecoder;
import io.stele.transport.codec.MessageHeaderDecoder;
import java.util.ArrayDeque;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Replies to compactions that asked to wait until the space is free. They are held back here, already encoded. */
final class CompactionReplies {
    private final NodeState node;
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final CompactRequestDecoder request = new CompactRequestDecoder();
    private final ArrayDeque<Held> held = new ArrayDeque<>();

    CompactionReplies(NodeState node) {
        this.node = node;
    }

    /** Whether the reply just made, to the entry just applied, was taken to be sent later. */
    boolean hold(long connectionId, DirectBuffer entry, int offset) {
        if (header.wrap(entry, offset).templateId() != CompactRequestDecoder.TEMPLATE_ID) {
            return false;
        }
        request.wrapAndApplyHeader(entry, offset, header);
        if (!request.flags().physical()
                || header.wrap(node.reply.buffer(), 0).templateId() != CompactReplyDecoder.TEMPLATE_ID) {
            return false;
        }
        byte[] reply = new byte[node.reply.length()];
        node.reply.buffer().getBytes(0, reply);
        held.add(new Held(connectionId, request.revision(), new UnsafeBuffer(reply)));
        return true;
    }

    /** Sends what is due. */
    int doWork() {
        int workCount = 0;
        while (!held.isEmpty() && node.machine.isPhysicallyCompacted(held.peek().revision)) {
            Held due = held.poll();
            node.replies.send(due.connectionId, due.reply, 0, due.reply.capacity());
            workCount++;
        }
        return workCount;
    }

    private record Held(long connectionId, long revision, DirectBuffer reply) {}
}
