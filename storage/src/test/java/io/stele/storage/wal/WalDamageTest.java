package io.stele.storage.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.storage.file.Checksum;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.StorageException.Kind;
import io.stele.storage.file.sim.DiskFault;
import io.stele.storage.file.sim.FaultPlan;
import io.stele.storage.file.sim.SimCrash;
import io.stele.storage.file.sim.SimDisk;
import java.util.Arrays;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Damages the files of a small log in every place: never a wrong entry, never a forced entry silently gone. */
class WalDamageTest {
    private static final WalContext CONTEXT =
            new WalContext().segmentLength(4096).headerCount(64).salt(4711);
    private static final int ENTRY_COUNT = 24;
    private static final String FIRST_SEGMENT = WalDescriptor.segmentName(1);
    private static final String SECOND_SEGMENT = WalDescriptor.segmentName(2);

    private final EntryView view = new EntryView();

    /** Two segments; an entry per sync up to the middle, then groups of three; closed cleanly or not. */
    private static SimDisk log(boolean closed) {
        SimDisk disk = new SimDisk();
        Wal wal = Wal.open(disk.mount(), CONTEXT);
        for (int index = 1; index <= ENTRY_COUNT; index++) {
            append(wal, index);
            if (index <= ENTRY_COUNT / 2 || index % 3 == 0) {
                wal.sync();
            }
        }
        assertEquals(ENTRY_COUNT, wal.sync());
        if (closed) {
            wal.close();
        }
        disk.kill();
        assertTrue(disk.names().contains(SECOND_SEGMENT));
        return disk;
    }

    private static void append(Wal wal, long index) {
        UnsafeBuffer payload = new UnsafeBuffer(payload(index));
        wal.append(index, 1 + index / 10, (byte) index, payload, 0, payload.capacity());
        wal.flush();
    }

    private static byte[] payload(long index) {
        byte[] payload = new byte[(int) (100 + index * 13 % 170)];
        new Random(index).nextBytes(payload);
        return payload;
    }

    /** Opens the log, and returns its last index; -1 if it refuses. Whatever it shows must be right. */
    private long open(SimDisk disk, String what) {
        Wal wal;
        try {
            wal = Wal.open(disk.mount(), CONTEXT);
        } catch (StorageException e) {
            assertEquals(Kind.CORRUPT, e.kind(), what);
            assertTrue(e.getMessage().contains("wal-"), e.getMessage());
            return -1;
        }
        assertEquals(1, wal.firstIndex(), what);
        for (long index = 1; index <= wal.lastIndex(); index++) {
            assertTrue(wal.read(index, view), what);
            byte[] read = new byte[view.length()];
            view.buffer().getBytes(view.offset(), read);
            assertTrue(Arrays.equals(payload(index), read), what + ": wrong payload of entry " + index);
            assertEquals(1 + index / 10, view.term(), what);
            assertEquals((byte) index, view.type(), what);
        }
        return wal.lastIndex();
    }

    private static boolean isSound(SimDisk disk) {
        return WalCheck.run(disk.copy().mount()).isSound();
    }

    @Test
    void shouldNoticeAFlippedBitInAnyByte() {
        SimDisk sound = log(true);
        Random random = new Random(3);
        int refused = 0;
        for (String name : sound.names()) {
            int length = sound.bytes(name).length;
            for (int position = 0; position < length; position++) {
                SimDisk disk = sound.copy();
                int bit = random.nextInt(8);
                disk.flipBit(name, position, bit);
                String what = name + " byte " + position + " bit " + bit;
                boolean checked = isSound(disk);
                long last = open(disk, what);
                assertTrue(last == -1 || last == ENTRY_COUNT, what + ": silently ends at " + last);
                assertEquals(checked, last != -1, what + ": the check and the log disagree");
                refused += last == -1 ? 1 : 0;
            }
        }
        // All bytes of all records, and the segment headers; what is left is unused space.
        int recordBytes = 0;
        for (long index = 1; index <= ENTRY_COUNT; index++) {
            recordBytes += WalDescriptor.RECORD_HEADER_LENGTH + payload(index).length;
        }
        assertTrue(refused >= recordBytes, "only " + refused + " of " + recordBytes + " were noticed");
    }

    @Test
    void shouldNoticeRotBeforeTheLastGroupEvenWithoutTheHeaderRing() {
        SimDisk sound = log(true);
        sound.lose(HeaderRing.NAME);
        Random random = new Random(4);
        int silentlyShorter = 0;
        for (String name : sound.names()) {
            int length = sound.bytes(name).length;
            for (int position = 0; position < length; position++) {
                SimDisk disk = sound.copy();
                disk.flipBit(name, position, random.nextInt(8));
                long last = open(disk, name + " byte " + position);
                // The last group of three is what no later record vouches for.
                assertTrue(last == -1 || last >= ENTRY_COUNT - 3, name + " byte " + position + " ends at " + last);
                silentlyShorter += last != -1 && last < ENTRY_COUNT ? 1 : 0;
            }
        }
        assertTrue(silentlyShorter > 0, "the header ring would not be needed");
    }

    @Test
    void shouldTreatACutAtAnyByteAsTornUnlessItWasForced() {
        for (boolean ring : new boolean[] {true, false}) {
            SimDisk sound = log(false);
            if (!ring) {
                sound.lose(HeaderRing.NAME);
            }
            byte[] bytes = sound.bytes(SECOND_SEGMENT);
            for (int length = 0; length < bytes.length; length++) {
                SimDisk disk = sound.copy();
                disk.replace(SECOND_SEGMENT, Arrays.copyOf(bytes, length));
                long last = open(disk, "cut at " + length);
                if (ring || length < WalDescriptor.SEGMENT_HEADER_LENGTH) {
                    assertTrue(last == -1 || last == ENTRY_COUNT, "cut at " + length + " ends at " + last);
                } else {
                    // Without a witness a cut group cannot be known to have been forced; open() has checked the rest.
                    assertTrue(last >= ENTRY_COUNT - 8 || last == -1, "cut at " + length + " ends at " + last);
                }
            }
            assertEquals(ENTRY_COUNT, open(sound.copy(), "whole"));
        }
    }

    /** Nothing after the first group was ever forced: any cut is a torn tail, and the log restarts by itself. */
    @Test
    void shouldRestartAfterACutAtAnyByteOfWhatWasNotForced() {
        SimDisk disk = new SimDisk();
        Wal wal = Wal.open(disk.mount(), CONTEXT);
        for (int index = 1; index <= 5; index++) {
            append(wal, index);
        }
        wal.sync();
        int forced = WalDescriptor.offset(wal.appendedPosition());
        int[] ends = new int[20];
        for (int index = 6; index < 15; index++) {
            append(wal, index);
            ends[index] = WalDescriptor.offset(wal.appendedPosition());
        }
        disk.kill();
        byte[] bytes = disk.bytes(FIRST_SEGMENT);
        for (int length = forced; length <= bytes.length; length++) {
            SimDisk cut = disk.copy();
            cut.replace(FIRST_SEGMENT, Arrays.copyOf(bytes, length));
            long expected = 5;
            // The padding after a payload may be missing.
            while (expected < 14 && ends[(int) expected + 1] - padding(expected + 1) <= length) {
                expected++;
            }
            assertEquals(expected, open(cut, "cut at " + length), "cut at " + length);
            cut.kill();
            assertEquals(expected, open(cut, "cut at " + length + ", again"));
        }
    }

    private static int padding(long index) {
        int length = payload(index).length;
        return WalDescriptor.frameLength(length) - WalDescriptor.RECORD_HEADER_LENGTH - length;
    }

    @Test
    void shouldNameTheFileThePlaceAndTheIndexOfRot() {
        SimDisk disk = log(true);
        Wal wal = Wal.open(disk.copy().mount(), CONTEXT);
        assertTrue(wal.read(2, view));
        int payloadOffset = view.offset();
        disk.flipBit(FIRST_SEGMENT, payloadOffset, 0);
        StorageException rot = assertThrows(StorageException.class, () -> Wal.open(disk.mount(), CONTEXT));
        String place = FIRST_SEGMENT + " offset " + (payloadOffset - WalDescriptor.RECORD_HEADER_LENGTH);
        assertTrue(rot.getMessage().startsWith(place + ": a damaged payload where index 2 "), rot.getMessage());
    }

    @Test
    void shouldNotGiveOutWhatRotsWhileTheLogIsOpen() {
        SimDisk disk = log(true);
        Wal wal = Wal.open(disk.mount(), CONTEXT);
        assertTrue(wal.read(2, view));
        int payloadOffset = view.offset();
        int headerOffset = payloadOffset - WalDescriptor.RECORD_HEADER_LENGTH;
        disk.flipBit(FIRST_SEGMENT, payloadOffset, 0);
        StorageException rot = assertThrows(StorageException.class, () -> wal.read(2, view));
        assertEquals(Kind.CORRUPT, rot.kind());
        assertTrue(rot.getMessage().startsWith(FIRST_SEGMENT + " offset " + headerOffset + ": "), rot.getMessage());
        disk.flipBit(FIRST_SEGMENT, payloadOffset, 0);
        disk.flipBit(FIRST_SEGMENT, headerOffset + 8, 6);
        assertThrows(StorageException.class, () -> wal.read(2, view), "a length out of all bounds");
        assertTrue(wal.read(3, view));
        assertTrue(wal.read(ENTRY_COUNT, view));
    }

    @Test
    void shouldNoticeAMissingSegment() {
        for (String name : new String[] {FIRST_SEGMENT, SECOND_SEGMENT}) {
            SimDisk disk = log(true);
            disk.lose(name);
            if (name.equals(FIRST_SEGMENT)) {
                // Nobody but the caller, who knows what it has applied, can know that this was not released.
                Wal wal = Wal.open(disk.mount(), CONTEXT);
                assertTrue(wal.firstIndex() > 1);
            } else {
                assertEquals(-1, open(disk, name));
            }
        }
        SimDisk disk = log(true);
        disk.lose(FIRST_SEGMENT);
        disk.lose(SECOND_SEGMENT);
        assertEquals(-1, open(disk, "no segment"));
    }

    @Test
    void shouldNoticeASectorThatWentAstray() {
        SimDisk sound = log(true);
        int end = usedLength(sound.bytes(SECOND_SEGMENT));
        for (int from = 0; from < 4096; from += 512) {
            for (int to = 0; to < end / 512 * 512; to += 512) {
                SimDisk disk = sound.copy();
                disk.copySector(SECOND_SEGMENT, from, to);
                long last = open(disk, from + " to " + to);
                assertEquals(from == to ? ENTRY_COUNT : -1, last, from + " to " + to);
            }
        }
    }

    private static int usedLength(byte[] bytes) {
        int length = bytes.length;
        while (bytes[length - 1] == 0) {
            length--;
        }
        return length;
    }

    @Test
    void shouldNoticeASyncThatLied() {
        for (int seed = 0; seed < 30; seed++) {
            SimDisk disk = new SimDisk();
            Wal wal = Wal.open(disk.mount(), CONTEXT);
            for (int index = 1; index <= 6; index++) {
                append(wal, index);
            }
            disk.plan(FaultPlan.at(disk.callCount() + 1, DiskFault.LOST_SYNC));
            wal.sync();
            disk.plan(FaultPlan.NONE);
            for (int index = 7; index <= 8; index++) {
                append(wal, index);
                wal.sync();
            }
            wal.syncHeaders();
            disk.crash(seed);
            long last = open(disk, "seed " + seed);
            assertEquals(-1, last, "silently lost entries after " + last);
        }
    }

    @Test
    void shouldReplaceALostHeaderRing() {
        SimDisk disk = log(true);
        disk.lose(HeaderRing.NAME);
        assertEquals(ENTRY_COUNT, open(disk, "no ring"));
        disk.kill();
        assertTrue(disk.names().contains(HeaderRing.NAME));
        disk.flipBit(HeaderRing.NAME, 3, 3);
        assertEquals(ENTRY_COUNT, open(disk, "bad ring"));
    }

    /** The same entry again, at the same place, must not bring back those that once followed it. */
    @Test
    void shouldNotBringBackWhatWasDropped() {
        SimDisk disk = new SimDisk();
        Wal wal = Wal.open(disk.mount(), CONTEXT);
        int start = WalDescriptor.offset(wal.appendedPosition());
        append(wal, 1);
        int end = WalDescriptor.offset(wal.appendedPosition());
        append(wal, 2);
        append(wal, 3);
        disk.kill();
        byte[] bytes = disk.bytes(FIRST_SEGMENT);
        Arrays.fill(bytes, start, end, (byte) 0);
        disk.replace(FIRST_SEGMENT, bytes);
        wal = Wal.open(disk.mount(), CONTEXT);
        assertEquals(0, wal.lastIndex());
        append(wal, 1);
        disk.kill();
        assertEquals(1, open(disk, "second life"));
    }

    /** A client stores the bytes of a record of this very log at the place where its payload will come to lie. */
    @Test
    void shouldNotTakeAValueForARecord() {
        SimDisk victim = new SimDisk();
        Wal wal = Wal.open(victim.mount(), CONTEXT);
        int at = WalDescriptor.offset(wal.appendedPosition()) + WalDescriptor.RECORD_HEADER_LENGTH;
        UnsafeBuffer forged = forgedRecord(at);
        wal.append(1, 1, (byte) 0, forged, 0, forged.capacity());
        wal.flush();
        victim.kill();
        // The outer record is torn, so that recovery searches what follows for whole headers.
        victim.flipBit(FIRST_SEGMENT, at - WalDescriptor.RECORD_HEADER_LENGTH, 1);
        wal = Wal.open(victim.mount(), CONTEXT);
        assertEquals(0, wal.lastIndex());
    }

    /** Right in all but the salt, which a client cannot know. */
    private static UnsafeBuffer forgedRecord(int offset) {
        SimDisk disk = new SimDisk();
        WalContext context =
                new WalContext().segmentLength(4096).headerCount(64).salt(0);
        Wal.open(disk.mount(), context).close();
        disk.kill();
        WalSegment segment = WalSegment.open(disk.mount(), 1, false, new Checksum());
        WalSegment.Draft draft = new WalSegment.Draft();
        draft.kind = WalDescriptor.KIND_ENTRY;
        draft.index = 77;
        draft.term = 77;
        draft.durablePosition = WalDescriptor.position(1, 4000);
        segment.build(segment.buffer(), offset, offset, draft, new Checksum());
        UnsafeBuffer bytes = new UnsafeBuffer(new byte[WalDescriptor.RECORD_HEADER_LENGTH]);
        segment.buffer().getBytes(offset, bytes, 0, bytes.capacity());
        return bytes;
    }

    @Test
    void shouldReportWhatACheckHasSeen() {
        SimDisk disk = log(true);
        WalCheck.Report report = WalCheck.run(disk.mount());
        assertTrue(report.isSound());
        assertEquals(2, report.segmentCount());
        assertEquals(1, report.firstIndex());
        assertEquals(ENTRY_COUNT, report.lastIndex());
        assertEquals(ENTRY_COUNT + 2, report.recordCount());
        assertTrue(report.headerCopies());
        disk.kill();
        disk.flipBit(SECOND_SEGMENT, 500, 0);
        byte[] before = disk.bytes(SECOND_SEGMENT);
        report = WalCheck.run(disk.mount());
        assertFalse(report.isSound());
        assertTrue(report.problems().get(0).startsWith(SECOND_SEGMENT + " offset "));
        assertTrue(Arrays.equals(before, disk.bytes(SECOND_SEGMENT)));
    }

    @Test
    void shouldFindNothingWrongWithNothing() {
        WalCheck.Report report = WalCheck.run(new SimDisk().mount());
        assertTrue(report.isSound());
        assertEquals(0, report.segmentCount());
    }

    @Test
    void shouldNotHideACrashFromItsCaller() {
        SimDisk disk = new SimDisk();
        Wal wal = Wal.open(disk.mount(), CONTEXT);
        append(wal, 1);
        disk.plan(FaultPlan.at(disk.callCount() + 1, DiskFault.CRASH_INSIDE));
        assertThrows(SimCrash.class, wal::sync);
    }
}
