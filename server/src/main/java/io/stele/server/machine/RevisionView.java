package io.stele.server.machine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.stele.storage.page.Slice;
import org.agrona.DirectBuffer;

/** One version as it lies in the page store: valid until the next mutation. */
public final class RevisionView {
    final Slice slice = new Slice();
    private int headerLength;
    private int keyLength;
    /** Of the short form; 0 for the wide one. */
    private int flags;

    private boolean tombstone;

    /** Takes up what {@link #slice} points at. */
    RevisionView wrap() {
        DirectBuffer buffer = slice.buffer();
        int offset = slice.offset();
        flags = slice.length() < RevisionDescriptor.OPTIONAL
                ? RevisionDescriptor.FLAG_SHORT
                : buffer.getByte(offset + RevisionDescriptor.FLAGS) & 0xFF;
        headerLength = isWide() ? RevisionDescriptor.WIDE_HEADER_LENGTH : RevisionDescriptor.headerLength(flags);
        if (slice.length() < headerLength) {
            throw new IllegalStateException("revision entry of " + slice.length() + " bytes");
        }
        if (isWide()) {
            int field = buffer.getInt(offset + RevisionDescriptor.WIDE_USER_KEY_LENGTH, LITTLE_ENDIAN);
            keyLength = field & ~RevisionDescriptor.WIDE_TOMBSTONE_BIT;
            tombstone = field < 0;
        } else {
            keyLength = buffer.getShort(offset + RevisionDescriptor.USER_KEY_LENGTH, LITTLE_ENDIAN) & 0xFFFF;
            tombstone = (flags & RevisionDescriptor.FLAG_TOMBSTONE) != 0;
        }
        if (keyLength > slice.length() - headerLength) {
            throw new IllegalStateException("revision entry of " + slice.length() + " bytes, key of " + keyLength);
        }
        return this;
    }

    private boolean isWide() {
        return (flags & RevisionDescriptor.FLAG_SHORT) == 0;
    }

    public DirectBuffer buffer() {
        return slice.buffer();
    }

    public boolean isTombstone() {
        return tombstone;
    }

    public long createRevision() {
        return isWide() ? number(RevisionDescriptor.WIDE_CREATE) : revision(RevisionDescriptor.CREATE);
    }

    public long version() {
        return isWide()
                ? number(RevisionDescriptor.WIDE_VERSION)
                : Integer.toUnsignedLong(sub(RevisionDescriptor.VERSION));
    }

    public long lease() {
        if (isWide()) {
            return number(RevisionDescriptor.WIDE_LEASE);
        }
        return (flags & RevisionDescriptor.FLAG_LEASE) == 0 ? 0 : number(RevisionDescriptor.OPTIONAL);
    }

    /** Main revision of the version before this one, 0 if there was none. */
    public long previousMain() {
        return isWide() ? number(RevisionDescriptor.WIDE_PREVIOUS_MAIN) : revision(RevisionDescriptor.PREVIOUS_MAIN);
    }

    public int previousSub() {
        if (isWide()) {
            return sub(RevisionDescriptor.WIDE_PREVIOUS_SUB) & ~RevisionDescriptor.WIDE_TOMBSTONE_BIT;
        }
        return hasSubs() ? sub(headerLength - Long.BYTES) : 0;
    }

    public boolean isPreviousTombstone() {
        return isWide()
                ? sub(RevisionDescriptor.WIDE_PREVIOUS_SUB) < 0
                : (flags & RevisionDescriptor.FLAG_AFTER_TOMBSTONE) != 0;
    }

    /** Main revision of the {@link VersionChain} anchor, 0 if there is none. */
    long anchorMain() {
        return isWide() ? number(RevisionDescriptor.WIDE_ANCHOR_MAIN) : revision(RevisionDescriptor.ANCHOR_MAIN);
    }

    int anchorSub() {
        if (isWide()) {
            return sub(RevisionDescriptor.WIDE_ANCHOR_SUB);
        }
        return hasSubs() ? sub(headerLength - Integer.BYTES) : 0;
    }

    private boolean hasSubs() {
        return (flags & RevisionDescriptor.FLAG_SUBS) != 0;
    }

    private long revision(int field) {
        return number(field) & RevisionDescriptor.REVISION_MASK;
    }

    private long number(int field) {
        return slice.buffer().getLong(slice.offset() + field, LITTLE_ENDIAN);
    }

    private int sub(int field) {
        return slice.buffer().getInt(slice.offset() + field, LITTLE_ENDIAN);
    }

    public int keyOffset() {
        return slice.offset() + headerLength;
    }

    public int keyLength() {
        return keyLength;
    }

    public int valueOffset() {
        return keyOffset() + keyLength;
    }

    public int valueLength() {
        return slice.length() - headerLength - keyLength;
    }
}
