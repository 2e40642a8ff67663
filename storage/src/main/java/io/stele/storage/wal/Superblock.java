package io.stele.storage.wal;

import io.stele.storage.file.Checksum;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.StorageException.Kind;
import io.stele.storage.file.StoredFile;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What a member must never forget: who it is, and in which term it voted for whom. One small file, four copies, each in
 * a block of its own:
 *
 * <pre>
 *  file superblock:  copy 0 | copy 1 | copy 2 | copy 3          4096 bytes each
 *
 *  copy
 *   0       8         12         16         24         32        40     48     56      64     72      80
 *  +-------+---------+----------+----------+----------+---------+------+------+-------+------+-------+--
 *  | magic | version | copy no. | sequence | cluster  | member  | term | vote | flags | life | pledge        ...
 *  |       |         |          |          | id       | id      |      |      |       |      | index | term
 *  +-------+---------+----------+----------+----------+---------+------+------+-------+------+-------+--
 *   88      96                            508      512
 *  +-------+--------+------+------+-- - --+--------+
 *  | peer  | peer's | its  | its  | 15    | CRC32C | of bytes 0..507
 *  | count | id     | life | boot | more  |        |
 *  +-------+--------+------+------+-- - --+--------+
 *
 *  flags   1: the state that goes with the log is not to be trusted, another one has to be got
 *  life    counts the lives of this member: how often it was started, and a leap when it was first introduced
 *  peers   the newest life of each other member that this one has met, and what it was called
 *  pledge  the last entry that the member may have acknowledged, where its log ends before; 0 if the log has them all
 * </pre>
 *
 * A save writes copies 0 and 1, forces, writes 2 and 3, forces: whenever the power fails, two copies are whole, and
 * once it has returned no loss of up to three copies brings the old vote back. Opening takes the valid copy with the
 * highest sequence and writes the others anew from it. Without a valid copy it refuses: a member that may have
 * forgotten its vote must not vote again.
 *
 * <p>Used by the node thread alone, and rarely: a save costs two forces.
 */
public final class Superblock implements AutoCloseable {
    public static final String NAME = "superblock";

    /** The first life in which a member may vote; those in which it has not been introduced yet are below. */
    public static final long FIRST_VOTING_LIFE = 1_000_000;

    private static final String NEW_NAME = "superblock.new";

    private static final int COPY_COUNT = 4;
    private static final int COPY_LENGTH = 4096;
    private static final int VERSION = 1;
    private static final long MAGIC = 0x4b_4c_42_45_4c_45_54_53L; // "STELEBLK"
    private static final int VERSION_OFFSET = 8;
    private static final int COPY_OFFSET = 12;
    private static final int SEQUENCE_OFFSET = 16;
    private static final int CLUSTER_ID_OFFSET = 24;
    private static final int MEMBER_ID_OFFSET = 32;
    private static final int TERM_OFFSET = 40;
    private static final int VOTE_OFFSET = 48;
    private static final int FLAGS_OFFSET = 56;
    private static final int LIFE_OFFSET = 64;
    private static final int PLEDGE_INDEX_OFFSET = 72;
    private static final int PLEDGE_TERM_OFFSET = 80;
    private static final int PEER_COUNT_OFFSET = 88;
    private static final int PEERS_OFFSET = 96;
    private static final int PEERS_MAX = 16;
    private static final int CRC_OFFSET = 508;
    private static final int USED_LENGTH = 512;
    private static final long FLAG_STATE_LOST = 1;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final StoredFile file;
    private final Checksum checksum = new Checksum();
    private final UnsafeBuffer block = new UnsafeBuffer(new byte[USED_LENGTH]);
    private boolean failed;
    private long sequence;
    private long clusterId;
    private long memberId;
    private long term;
    private long vote;
    private long flags;
    private long life;
    private long pledgeIndex;
    private long pledgeTerm;
    private int peerCount;
    private final long[] peers = new long[PEERS_MAX * 3];

    private Superblock(StoredFile file) {
        this.file = file;
    }

    public static boolean exists(FileStore store) {
        return store.exists(NAME);
    }

    /** Gives a new data directory its identity: term 0, no vote. Happens whole or not at all. */
    public static Superblock create(FileStore store, long clusterId, long memberId) {
        if (exists(store)) {
            throw new StorageException(Kind.FOREIGN, "the data directory has an identity already: " + NAME);
        }
        if (store.exists(NEW_NAME)) {
            store.delete(NEW_NAME);
        }
        Superblock superblock = new Superblock(store.create(NEW_NAME, COPY_COUNT * COPY_LENGTH));
        try {
            superblock.clusterId = clusterId;
            superblock.memberId = memberId;
            superblock.sequence = 1;
            superblock.writeAll();
            store.rename(NEW_NAME, NAME);
            return superblock;
        } catch (RuntimeException e) {
            superblock.close();
            throw e;
        }
    }

    /** Opens the superblock and heals its copies; refuses ({@link Kind#CORRUPT}) if none is valid. */
    public static Superblock open(FileStore store) {
        Superblock superblock = new Superblock(store.open(NAME));
        try {
            int validCount = superblock.load();
            if (validCount == 0) {
                throw new StorageException(
                        Kind.CORRUPT,
                        NAME + ": none of its " + COPY_COUNT + " copies is valid; the member cannot know its vote and"
                                + " must not start under its old identity");
            }
            if (validCount < COPY_COUNT) {
                superblock.restoreLength();
                superblock.writeAll();
            }
            return superblock;
        } catch (RuntimeException e) {
            superblock.close();
            throw e;
        }
    }

    /** How many copies are valid and agree with the newest; reads only. For checks. */
    public static int validCopies(FileStore store) {
        try (Superblock superblock = new Superblock(store.open(NAME))) {
            return superblock.load();
        }
    }

    public static int copyCount() {
        return COPY_COUNT;
    }

    public long clusterId() {
        return clusterId;
    }

    public long memberId() {
        return memberId;
    }

    public long term() {
        return term;
    }

    public long vote() {
        return vote;
    }

    /** Whether the state beside the log must not be served and has to be replaced. */
    public boolean isStateLost() {
        return (flags & FLAG_STATE_LOST) != 0;
    }

    /** How often the member was started; 0 if that was never counted. */
    public long life() {
        return life;
    }

    /** The last entry that the member may have acknowledged although its log ends before; 0 for none. */
    public long pledgeIndex() {
        return pledgeIndex;
    }

    public long pledgeTerm() {
        return pledgeTerm;
    }

    /** Remembers term and vote; they are durable when this returns. After a failure nothing more can be saved. */
    public void save(long newTerm, long newVote) {
        if (newTerm < term) {
            throw new IllegalArgumentException("term cannot go back from " + term + " to " + newTerm);
        }
        term = newTerm;
        vote = newVote;
        save();
    }

    /** Remembers whether the state has to be replaced; durable when this returns. */
    public void saveStateLost(boolean lost) {
        flags = lost ? flags | FLAG_STATE_LOST : flags & ~FLAG_STATE_LOST;
        save();
    }

    /** Counts a start of the member; durable when this returns. */
    public void saveLife(long newLife) {
        assert newLife > life;
        life = newLife;
        save();
    }

    /** Remembers what the member may have acknowledged beyond its log's end; durable when this returns. */
    public void savePledge(long index, long pledgedTerm) {
        pledgeIndex = index;
        pledgeTerm = pledgedTerm;
        save();
    }

    /** The newest life of another member that is remembered; 0 if it is not known. */
    public long peerLife(long peerId) {
        int at = peer(peerId);
        return at < 0 ? 0 : peers[at + 1];
    }

    /** What that life was called. */
    public long peerBoot(long peerId) {
        int at = peer(peerId);
        return at < 0 ? 0 : peers[at + 2];
    }

    private int peer(long peerId) {
        for (int i = 0; i < peerCount; i++) {
            if (peers[3 * i] == peerId) {
                return 3 * i;
            }
        }
        return -1;
    }

    /** Remembers a life of another member; durable when this returns. Where there are too many one is forgotten. */
    public void savePeer(long peerId, long peerLife, long peerBoot) {
        int at = peer(peerId);
        if (at < 0) {
            at = peerCount < PEERS_MAX ? 3 * peerCount++ : 3 * (int) (sequence % PEERS_MAX);
        }
        peers[at] = peerId;
        peers[at + 1] = peerLife;
        peers[at + 2] = peerBoot;
        save();
    }

    private void save() {
        if (failed) {
            throw new StorageException(Kind.IO, "the superblock has failed before");
        }
        sequence++;
        failed = true;
        writeAll();
        failed = false;
    }

    /** Reads the newest valid copy; returns how many copies are like it. */
    private int load() {
        int agreeing = 0;
        for (int copy = 0; copy < COPY_COUNT; copy++) {
            if (readCopy(copy)) {
                long copySequence = block.getLong(SEQUENCE_OFFSET, ORDER);
                if (copySequence > sequence) {
                    agreeing = 0;
                    sequence = copySequence;
                    clusterId = block.getLong(CLUSTER_ID_OFFSET, ORDER);
                    memberId = block.getLong(MEMBER_ID_OFFSET, ORDER);
                    term = block.getLong(TERM_OFFSET, ORDER);
                    vote = block.getLong(VOTE_OFFSET, ORDER);
                    flags = block.getLong(FLAGS_OFFSET, ORDER);
                    life = block.getLong(LIFE_OFFSET, ORDER);
                    pledgeIndex = block.getLong(PLEDGE_INDEX_OFFSET, ORDER);
                    pledgeTerm = block.getLong(PLEDGE_TERM_OFFSET, ORDER);
                    loadPeers();
                }
                agreeing += copySequence == sequence ? 1 : 0;
            }
        }
        return agreeing;
    }

    private void loadPeers() {
        peerCount = (int) Math.min(PEERS_MAX, block.getLong(PEER_COUNT_OFFSET, ORDER));
        for (int i = 0; i < 3 * peerCount; i++) {
            peers[i] = block.getLong(PEERS_OFFSET + i * Long.BYTES, ORDER);
        }
    }

    private boolean readCopy(int copy) {
        int read = file.read((long) copy * COPY_LENGTH, block, 0, USED_LENGTH);
        if (read < USED_LENGTH
                || block.getLong(0, ORDER) != MAGIC
                || block.getInt(COPY_OFFSET, ORDER) != copy
                || block.getInt(CRC_OFFSET, ORDER) != checksum.compute(block, 0, CRC_OFFSET)) {
            return false;
        }
        int version = block.getInt(VERSION_OFFSET, ORDER);
        if (version != VERSION) {
            throw new StorageException(Kind.FOREIGN, NAME + " has version " + version + ", known is " + VERSION);
        }
        return true;
    }

    private void restoreLength() {
        if (file.length() < COPY_COUNT * COPY_LENGTH) {
            file.extend(COPY_COUNT * COPY_LENGTH);
        }
    }

    private void writeAll() {
        writeCopy(0);
        writeCopy(1);
        file.sync();
        writeCopy(2);
        writeCopy(3);
        file.sync();
    }

    private void writeCopy(int copy) {
        block.setMemory(0, USED_LENGTH, (byte) 0);
        block.putLong(0, MAGIC, ORDER);
        block.putInt(VERSION_OFFSET, VERSION, ORDER);
        block.putInt(COPY_OFFSET, copy, ORDER);
        block.putLong(SEQUENCE_OFFSET, sequence, ORDER);
        block.putLong(CLUSTER_ID_OFFSET, clusterId, ORDER);
        block.putLong(MEMBER_ID_OFFSET, memberId, ORDER);
        block.putLong(TERM_OFFSET, term, ORDER);
        block.putLong(VOTE_OFFSET, vote, ORDER);
        block.putLong(FLAGS_OFFSET, flags, ORDER);
        block.putLong(LIFE_OFFSET, life, ORDER);
        block.putLong(PLEDGE_INDEX_OFFSET, pledgeIndex, ORDER);
        block.putLong(PLEDGE_TERM_OFFSET, pledgeTerm, ORDER);
        block.putLong(PEER_COUNT_OFFSET, peerCount, ORDER);
        for (int i = 0; i < 3 * peerCount; i++) {
            block.putLong(PEERS_OFFSET + i * Long.BYTES, peers[i], ORDER);
        }
        block.putInt(CRC_OFFSET, checksum.compute(block, 0, CRC_OFFSET), ORDER);
        file.write((long) copy * COPY_LENGTH, block, 0, USED_LENGTH);
    }

    @Override
    public void close() {
        file.close();
    }
}
