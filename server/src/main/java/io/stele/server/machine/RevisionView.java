package io.stele.server.machine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.stele.storage.page.Slice;
import org.agrona.DirectBuffer;

/** One version as it lies in the page store: valid until the next mutation. */
public final class RevisionView {
    final Slice slice = new Slice();
    private int keyLength;
    private boolean tombstone;

    /** Takes up what {@link #slice} points at. */
    RevisionView wrap() {
        if (slice.length() < RevisionDescriptor.HEADER_LENGTH) {
            throw new IllegalStateException("revision entry of " + slice.length() + " bytes");
        }
        int field = slice.buffer().getInt(slice.offset() + RevisionDescriptor.USER_KEY_LENGTH, LITTLE_ENDIAN);
        keyLength = field & ~RevisionDescriptor.TOMBSTONE_BIT;
        tombstone = field < 0;
        if (keyLength > slice.length() - RevisionDescriptor.HEADER_LENGTH) {
            throw new IllegalStateException("revision entry of " + slice.length() + " bytes, key of " + keyLength);
        }
        return this;
    }

    public DirectBuffer buffer() {
        return slice.buffer();
    }

    public boolean isTombstone() {
        return tombstone;
    }

    public long createRevision() {
        return slice.buffer().getLong(slice.offset() + RevisionDescriptor.CREATE, LITTLE_ENDIAN);
    }

    public long version() {
        return slice.buffer().getLong(slice.offset() + RevisionDescriptor.VERSION, LITTLE_ENDIAN);
    }

    public long lease() {
        return slice.buffer().getLong(slice.offset() + RevisionDescriptor.LEASE, LITTLE_ENDIAN);
    }

    /** Main revision of the version before this one, 0 if there was none. */
    public long previousMain() {
        return slice.buffer().getLong(slice.offset() + RevisionDescriptor.PREVIOUS_MAIN, LITTLE_ENDIAN);
    }

    public int previousSub() {
        return previousSubField() & ~RevisionDescriptor.TOMBSTONE_BIT;
    }

    public boolean isPreviousTombstone() {
        return previousSubField() < 0;
    }

    /** Main revision of the {@link VersionChain} anchor, 0 if there is none. */
    long anchorMain() {
        return slice.buffer().getLong(slice.offset() + RevisionDescriptor.ANCHOR_MAIN, LITTLE_ENDIAN);
    }

    int anchorSub() {
        return slice.buffer().getInt(slice.offset() + RevisionDescriptor.ANCHOR_SUB, LITTLE_ENDIAN);
    }

    private int previousSubField() {
        return slice.buffer().getInt(slice.offset() + RevisionDescriptor.PREVIOUS_SUB, LITTLE_ENDIAN);
    }

    public int keyOffset() {
        return slice.offset() + RevisionDescriptor.HEADER_LENGTH;
    }

    public int keyLength() {
        return keyLength;
    }

    public int valueOffset() {
        return keyOffset() + keyLength;
    }

    public int valueLength() {
        return slice.length() - RevisionDescriptor.HEADER_LENGTH - keyLength;
    }
}
