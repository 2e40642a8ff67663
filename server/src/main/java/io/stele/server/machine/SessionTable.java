package io.stele.server.machine;

import static io.stele.server.machine.SessionDescriptor.HEAD;
import static io.stele.server.machine.SessionDescriptor.KEPT;
import static io.stele.server.machine.SessionDescriptor.KEY_LENGTH;
import static io.stele.server.machine.SessionDescriptor.NOT_KEPT;
import static io.stele.server.machine.SessionDescriptor.PUT;
import static io.stele.server.machine.SessionDescriptor.TILE_LENGTH;

import io.stele.storage.page.BTree;
import io.stele.storage.page.Cursor;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.Slice;
import io.stele.transport.MessageSequence;
import io.stele.transport.RequestFrame;
import io.stele.transport.codec.AuthChangeRequestDecoder;
import io.stele.transport.codec.CompactRequestDecoder;
import io.stele.transport.codec.DeleteRangeRequestDecoder;
import io.stele.transport.codec.LeaseGrantRequestDecoder;
import io.stele.transport.codec.LeaseRevokeRequestDecoder;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.PutReplyDecoder;
import io.stele.transport.codec.PutRequestDecoder;
import io.stele.transport.codec.TxnRequestDecoder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What clients' writes have come to, so that one that is sent again is answered again instead of being done again.
 *
 * <p>A session has {@value SessionDescriptor#SLOT_COUNT} slots, each of which remembers the last write with a sequence
 * of that slot. The client uses a sequence only when it has heard about the one before in the same slot, or has given
 * it up for good; so a higher sequence is new, an equal one is a repetition, and a lower one is so late that nobody
 * waits for its answer. That is all there is to say that it may be forgotten: nothing has to be acknowledged.
 *
 * <p>Bounded: when there are too many sessions and one more is opened, those go that were used longest ago, by log
 * index, for there is no clock here. A reply that is too long is not kept; then it is known that the write was carried
 * out, but not what it said.
 */
final class SessionTable {
    /** Longest reply that is kept. */
    static final int REPLY_LENGTH_MAX = 2048;

    /** So many go at once, so that looking for them is not done at each opening. */
    static final int EVICTED_AT_ONCE = 16;

    private static final int SESSION_OFFSET = PutRequestDecoder.sessionIdEncodingOffset();
    private static final int SEQUENCE_OFFSET = PutRequestDecoder.sequenceEncodingOffset();

    /** What is known of a write before it is done. */
    enum Verdict {
        /** It has not been done. */
        NEW,
        /** It has, and its reply can be told. */
        REPEATED,
        /** A later write of its slot has been done: nobody waits for this one. */
        OVERTAKEN,
        /** No such session, or no more. */
        UNKNOWN_SESSION
    }

    private final BTree tree;
    private final Cursor cursor;
    private final StateDigest digest;
    private final Slice slice = new Slice();
    private final UnsafeBuffer key = KeySpace.scratch(KEY_LENGTH);
    private final UnsafeBuffer tile = KeySpace.scratch(TILE_LENGTH);
    private final UnsafeBuffer reply = KeySpace.scratch(REPLY_LENGTH_MAX);
    private final long[] victims = new long[EVICTED_AT_ONCE];
    private final long[] victimsUsed = new long[EVICTED_AT_ONCE];
    private int victimCount;

    private long sessionId;
    private long sequence;
    private int slot;

    SessionTable(PageStore store, StateDigest digest) {
        tree = store.tree(TreeIds.SESSIONS);
        cursor = tree.cursor();
        this.digest = digest;
    }

    long count() {
        return tree.countedEntries();
    }

    /** Whether the request that the sequence is on is a write that asks to be done exactly once. */
    static boolean concerns(MessageSequence request) {
        return switch (request.templateId()) {
            case PutRequestDecoder.TEMPLATE_ID,
                    DeleteRangeRequestDecoder.TEMPLATE_ID,
                    TxnRequestDecoder.TEMPLATE_ID,
                    CompactRequestDecoder.TEMPLATE_ID,
                    LeaseGrantRequestDecoder.TEMPLATE_ID,
                    LeaseRevokeRequestDecoder.TEMPLATE_ID,
                    AuthChangeRequestDecoder.TEMPLATE_ID ->
                request.buffer().getLong(request.bodyOffset() + SESSION_OFFSET, PutRequestDecoder.BYTE_ORDER) != 0;
            default -> false;
        };
    }

    /** Looks a write up. {@link #remember} or {@link #replay} may follow, with nothing else in between. */
    Verdict look(MessageSequence request) {
        sessionId = request.buffer().getLong(request.bodyOffset() + SESSION_OFFSET, PutRequestDecoder.BYTE_ORDER);
        sequence = request.buffer().getLong(request.bodyOffset() + SEQUENCE_OFFSET, PutRequestDecoder.BYTE_ORDER);
        if (sequence <= 0) {
            return Verdict.OVERTAKEN;
        }
        slot = SessionDescriptor.slot(sequence);
        int kind = SessionDescriptor.tileKind(slot);
        if (seekTile(kind)) {
            tile.putBytes(0, slice.buffer(), slice.offset(), TILE_LENGTH);
        } else if (exists(sessionId)) {
            tile.setMemory(0, TILE_LENGTH, (byte) 0);
            seekTile(kind);
        } else {
            return Verdict.UNKNOWN_SESSION;
        }
        long seen = SessionDescriptor.sequence(tile, SessionDescriptor.slotAt(slot));
        if (sequence == seen) {
            return Verdict.REPEATED;
        }
        return sequence > seen ? Verdict.NEW : Verdict.OVERTAKEN;
    }

    private boolean seekTile(int kind) {
        SessionDescriptor.encodeKey(key, sessionId, kind);
        return tree.seekForPut(key, 0, KEY_LENGTH, slice);
    }

    /** Remembers what has become of the new write that was looked up. */
    void remember(long logIndex, ReplyEncoder answer) {
        int slotAt = SessionDescriptor.slotAt(slot);
        long seen = SessionDescriptor.sequence(tile, slotAt);
        long before = SessionDescriptor.outcome(tile, slotAt);
        long outcome = outcome(answer);
        SessionDescriptor.index(tile, logIndex);
        SessionDescriptor.encodeSlot(tile, slotAt, sequence, outcome);
        tree.putSought(tile, 0, TILE_LENGTH, false);
        if (seen != 0) {
            digest.removeSlot(sessionId, seen, before);
        }
        digest.addSlot(sessionId, sequence, outcome);
        if (SessionDescriptor.outcomeKind(outcome) == KEPT) {
            reply.putBytes(0, answer.buffer(), 0, answer.length());
            ReplyEncoder.address(reply, 0, 0);
            SessionDescriptor.encodeKey(key, sessionId, SessionDescriptor.FIRST_REPLY + slot);
            tree.put(key, 0, KEY_LENGTH, reply, 0, answer.length(), false);
        } else if (seen != 0 && SessionDescriptor.outcomeKind(before) == KEPT) {
            SessionDescriptor.encodeKey(key, sessionId, SessionDescriptor.FIRST_REPLY + slot);
            tree.remove(key, 0, KEY_LENGTH);
        }
    }

    private static long outcome(ReplyEncoder answer) {
        long revision = answer.buffer()
                .getLong(
                        MessageHeaderDecoder.ENCODED_LENGTH + PutReplyDecoder.revisionEncodingOffset(),
                        PutReplyDecoder.BYTE_ORDER);
        boolean isPut = RequestFrame.templateId(answer.buffer(), 0) == PutReplyDecoder.TEMPLATE_ID
                && answer.length() == MessageHeaderDecoder.ENCODED_LENGTH + PutReplyDecoder.BLOCK_LENGTH;
        int kind = answer.length() <= REPLY_LENGTH_MAX ? KEPT : NOT_KEPT;
        return SessionDescriptor.outcome(isPut ? PUT : kind, revision);
    }

    /** Answers the repeated write that was looked up. */
    void replay(long correlationId, long revision, ReplyEncoder answer) {
        long outcome = SessionDescriptor.outcome(tile, SessionDescriptor.slotAt(slot));
        switch (SessionDescriptor.outcomeKind(outcome)) {
            case PUT -> answer.put(correlationId, SessionDescriptor.outcomeRevision(outcome), false);
            case KEPT -> {
                SessionDescriptor.encodeKey(key, sessionId, SessionDescriptor.FIRST_REPLY + slot);
                boolean found = tree.get(key, 0, KEY_LENGTH, slice);
                assert found : "a slot says that its reply is kept";
                answer.replay(correlationId, slice.buffer(), slice.offset(), slice.length());
            }
            default -> answer.replyLost(correlationId, revision);
        }
    }

    boolean exists(long id) {
        SessionDescriptor.encodeKey(key, id, HEAD);
        return tree.get(key, 0, KEY_LENGTH, slice);
    }

    /** Opens a session, which is the entry's alone; others may have to go for it. */
    long open(long nonce, long logIndex, int sessionsMax) {
        if (count() >= sessionsMax) {
            evict();
        }
        long id = mixed(nonce ^ mixed(logIndex));
        while (id == 0 || exists(id)) {
            id++;
        }
        SessionDescriptor.encodeKey(key, id, HEAD);
        SessionDescriptor.index(tile, logIndex);
        tree.put(key, 0, KEY_LENGTH, tile, 0, SessionDescriptor.HEAD_LENGTH, true);
        digest.addSlot(id, 0, logIndex);
        return id;
    }

    private static long mixed(long value) {
        long mixed = (value ^ (value >>> 31)) * 0x9E3779B97F4A7C15L;
        return mixed ^ (mixed >>> 29);
    }

    /** Forgets a session; false if there is none. */
    boolean close(long id) {
        SessionDescriptor.encodeKey(key, id, HEAD);
        boolean found = cursor.seek(key, 0, KEY_LENGTH) && isOf(id);
        while (cursor.seek(key, 0, KEY_LENGTH) && isOf(id)) {
            int kind =
                    SessionDescriptor.kind(cursor.key().buffer(), cursor.key().offset());
            forget(id, kind);
            SessionDescriptor.encodeKey(key, id, kind);
            tree.remove(key, 0, KEY_LENGTH);
        }
        return found;
    }

    private boolean isOf(long id) {
        return SessionDescriptor.sessionId(cursor.key().buffer(), cursor.key().offset()) == id;
    }

    /** Takes the entry that the cursor is at out of the digest. */
    private void forget(long id, int kind) {
        Slice value = cursor.value();
        if (kind == HEAD) {
            digest.removeSlot(id, 0, SessionDescriptor.index(value.buffer(), value.offset()));
        } else if (SessionDescriptor.isTile(kind)) {
            for (int i = 0; i < SessionDescriptor.SLOTS_PER_TILE; i++) {
                int at = value.offset() + SessionDescriptor.slotAt(i);
                long seen = SessionDescriptor.sequence(value.buffer(), at);
                if (seen != 0) {
                    digest.removeSlot(id, seen, SessionDescriptor.outcome(value.buffer(), at));
                }
            }
        }
    }

    /** Forgets the sessions that were used longest ago. */
    private void evict() {
        victimCount = 0;
        long id = 0;
        long used = 0;
        for (boolean on = cursor.first(); on; on = cursor.next()) {
            Slice found = cursor.key();
            int kind = SessionDescriptor.kind(found.buffer(), found.offset());
            if (kind == HEAD) {
                offerVictim(id, used);
                id = SessionDescriptor.sessionId(found.buffer(), found.offset());
                used = 0;
            }
            if (kind == HEAD || SessionDescriptor.isTile(kind)) {
                Slice value = cursor.value();
                used = Math.max(used, SessionDescriptor.index(value.buffer(), value.offset()));
            }
        }
        offerVictim(id, used);
        for (int i = 0; i < victimCount; i++) {
            close(victims[i]);
        }
    }

    /** Keeps those that were used longest ago, in that order. */
    private void offerVictim(long id, long used) {
        if (id == 0 || (victimCount == EVICTED_AT_ONCE && used >= victimsUsed[victimCount - 1])) {
            return;
        }
        int at = victimCount < EVICTED_AT_ONCE ? victimCount++ : victimCount - 1;
        while (at > 0 && victimsUsed[at - 1] > used) {
            victims[at] = victims[at - 1];
            victimsUsed[at] = victimsUsed[at - 1];
            at--;
        }
        victims[at] = id;
        victimsUsed[at] = used;
    }
}
