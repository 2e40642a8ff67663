package io.stele.index;

import net.openhft.chronicle.algo.hashing.LongHashFunction;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.PointerBytesStore;
import net.openhft.chronicle.bytes.RandomDataInput;
import net.openhft.chronicle.hash.AbstractData;
import net.openhft.chronicle.hash.Data;
import net.openhft.chronicle.hash.serialization.DataAccess;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.wire.WireIn;
import net.openhft.chronicle.wire.WireOut;
import org.agrona.BufferUtil;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * How keys and records become Chronicle Map's bytes and back: by address, allocating nothing per operation.
 *
 * <pre>
 *   value, native byte order
 *   0               8               16              24              32
 *   +---------------+---------------+---------------+---------------+
 *   | createRevision| modRevision   | version       | lease         |
 *   +---------------+-------+-------+---------------+-------+-------+
 *   | valueHash     | modSub| depth | anchorRevision| ancSub|
 *   +---------------+-------+-------+---------------+-------+
 *   32              40      44      48              56      60
 * </pre>
 *
 * <p>Chronicle copies these objects (one set per thread context) through {@code writeMarshallable}; they carry no
 * state worth copying.
 */
final class ChronicleMarshalling {
    static final int RECORD_LENGTH = 64;

    private ChronicleMarshalling() {}

    /** Lays a record out at an address of {@link #RECORD_LENGTH} bytes. */
    static void write(KeyRecord record, long address) {
        UnsafeApi.putLong(address, record.createRevision);
        UnsafeApi.putLong(address + 8, record.modRevision);
        UnsafeApi.putLong(address + 16, record.version);
        UnsafeApi.putLong(address + 24, record.lease);
        UnsafeApi.putLong(address + 32, record.valueHash);
        UnsafeApi.putInt(address + 40, record.modSubRevision);
        UnsafeApi.putInt(address + 44, record.depth);
        UnsafeApi.putLong(address + 48, record.anchorRevision);
        UnsafeApi.putInt(address + 56, record.anchorSubRevision);
    }

    /** Asks for where a record lies instead of for the record; true until the map is changed. */
    static final class RecordPlace extends KeyRecord {
        long address;
    }

    /** Key bytes as they lie in the caller's buffer. */
    static final class KeyAccess extends AbstractData<KeyRef> implements DataAccess<KeyRef> {
        private PointerBytesStore bytes = new PointerBytesStore();
        private KeyRef ref;

        @Override
        public RandomDataInput bytes() {
            return bytes;
        }

        @Override
        public long offset() {
            return 0;
        }

        @Override
        public long size() {
            return ref.length;
        }

        /** The map's own hash function, without its checks of each word: as costly as the rest of a lookup. */
        @Override
        public long hash(LongHashFunction function) {
            return function.hashMemory(ref.address, ref.length);
        }

        /** Eight bytes at a time; the map has compared the lengths. */
        @Override
        public boolean equivalent(RandomDataInput source, long sourceOffset) {
            long other = source.addressForRead(sourceOffset);
            int i = 0;
            for (; i + Long.BYTES <= ref.length; i += Long.BYTES) {
                if (UnsafeApi.getLong(ref.address + i) != UnsafeApi.getLong(other + i)) {
                    return false;
                }
            }
            for (; i < ref.length; i++) {
                if (UnsafeApi.getByte(ref.address + i) != UnsafeApi.getByte(other + i)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public KeyRef get() {
            return ref;
        }

        @Override
        public KeyRef getUsing(KeyRef using) {
            return (using == null ? new KeyRef() : using).set(ref.address, ref.length);
        }

        @Override
        public Data<KeyRef> getData(KeyRef key) {
            ref = key;
            bytes.set(key.address, key.length);
            return this;
        }

        @Override
        public void uninit() {
            ref = null;
        }

        @Override
        public DataAccess<KeyRef> copy() {
            return new KeyAccess();
        }

        @Override
        public void readMarshallable(WireIn wire) {
            bytes = new PointerBytesStore();
        }

        @Override
        public void writeMarshallable(WireOut wire) {}
    }

    /** A key inside the map; valid while its segment is locked. */
    static final class KeyReader implements SizedReader<KeyRef> {
        @Override
        @SuppressWarnings("rawtypes")
        public KeyRef read(Bytes in, long size, KeyRef using) {
            return (using == null ? new KeyRef() : using).set(in.addressForRead(in.readPosition()), (int) size);
        }

        @Override
        public void readMarshallable(WireIn wire) {}

        @Override
        public void writeMarshallable(WireOut wire) {}
    }

    /** Lays a record out in a scratch of its own. */
    static final class RecordAccess extends AbstractData<KeyRecord> implements DataAccess<KeyRecord> {
        private PointerBytesStore bytes;
        private UnsafeBuffer scratch;
        private KeyRecord record;

        RecordAccess() {
            allocate();
        }

        @Override
        public RandomDataInput bytes() {
            return bytes;
        }

        @Override
        public long offset() {
            return 0;
        }

        @Override
        public long size() {
            return RECORD_LENGTH;
        }

        @Override
        public KeyRecord get() {
            return record;
        }

        @Override
        public KeyRecord getUsing(KeyRecord using) {
            KeyRecord into = using == null ? new KeyRecord() : using;
            into.createRevision = record.createRevision;
            into.modRevision = record.modRevision;
            into.modSubRevision = record.modSubRevision;
            into.version = record.version;
            into.lease = record.lease;
            into.valueHash = record.valueHash;
            into.depth = record.depth;
            into.anchorRevision = record.anchorRevision;
            into.anchorSubRevision = record.anchorSubRevision;
            return into;
        }

        @Override
        public Data<KeyRecord> getData(KeyRecord value) {
            record = value;
            write(value, scratch.addressOffset());
            return this;
        }

        @Override
        public void uninit() {
            record = null;
        }

        @Override
        public DataAccess<KeyRecord> copy() {
            return new RecordAccess();
        }

        @Override
        public void readMarshallable(WireIn wire) {
            allocate();
        }

        @Override
        public void writeMarshallable(WireOut wire) {}

        private void allocate() {
            scratch = new UnsafeBuffer(BufferUtil.allocateDirectAligned(64, 64));
            bytes = new PointerBytesStore();
            bytes.set(scratch.addressOffset(), RECORD_LENGTH);
        }
    }

    /** Reads a record out of the map. */
    static final class RecordReader implements SizedReader<KeyRecord> {
        @Override
        @SuppressWarnings("rawtypes")
        public KeyRecord read(Bytes in, long size, KeyRecord using) {
            long at = in.readPosition();
            if (using instanceof RecordPlace place) {
                place.address = in.addressForRead(at);
                return place;
            }
            KeyRecord into = using == null ? new KeyRecord() : using;
            into.createRevision = in.readLong(at);
            into.modRevision = in.readLong(at + 8);
            into.version = in.readLong(at + 16);
            into.lease = in.readLong(at + 24);
            into.valueHash = in.readLong(at + 32);
            into.modSubRevision = in.readInt(at + 40);
            into.depth = in.readInt(at + 44);
            into.anchorRevision = in.readLong(at + 48);
            into.anchorSubRevision = in.readInt(at + 56);
            return into;
        }

        @Override
        public void readMarshallable(WireIn wire) {}

        @Override
        public void writeMarshallable(WireOut wire) {}
    }
}
