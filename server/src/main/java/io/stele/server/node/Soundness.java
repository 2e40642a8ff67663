package io.stele.server.node;

import io.stele.storage.wal.Superblock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this member's state can be believed. Written by the node's thread.
 *
 * <ul>
 *   <li>Lost: it differs from the majority's, or cannot be read. The member serves nobody, does not lead, and gets
 *       another state; its log and its vote are as good as before. It is remembered over a restart.
 *   <li>Corrupt cluster: the members differ and no majority has one state. Nobody can say which is right, so nobody
 *       serves, until enough of the others have been removed that a majority agrees.
 * </ul>
 */
final class Soundness {
    private static final Logger LOG = LoggerFactory.getLogger(Soundness.class);

    private final Superblock superblock;
    private volatile boolean lost;
    private volatile boolean corrupt;
    private volatile long lossCount;
    private long agreementCount;

    Soundness(Superblock superblock) {
        this.superblock = superblock;
        lost = superblock.isStateLost();
        if (lost) {
            LOG.warn("the state of this member was found wrong in an earlier life: it serves nobody until it has"
                    + " another one");
        }
    }

    /** Any thread: whether another state is needed. */
    boolean isLost() {
        return lost;
    }

    /** Any thread: whether no majority of the members has one state. */
    boolean isClusterCorrupt() {
        return corrupt;
    }

    /** Any thread. */
    boolean serves() {
        return !lost && !corrupt;
    }

    /** How often the state was lost in this life; any thread. */
    long lossCount() {
        return lossCount;
    }

    /** How often a majority was found to have one state. */
    long agreementCount() {
        return agreementCount;
    }

    void lose(String why) {
        if (lost) {
            return;
        }
        LOG.error(
                "FENCED: the state of this member cannot be believed: {}. It serves nobody until it has the state of"
                        + " another member",
                why);
        lost = true;
        long countBefore = lossCount; // one thread writes
        lossCount = countBefore + 1;
        superblock.saveStateLost(true);
    }

    /** Another state has taken the place of the present one, durably. */
    void regain(long logIndex) {
        if (lost) {
            superblock.saveStateLost(false);
            lost = false;
            LOG.warn("this member has got another state, as of entry {}: it serves again", logIndex);
        }
    }

    void corruptCluster(boolean found, long logIndex) {
        if (found && !corrupt) {
            LOG.error(
                    "CORRUPT: the members differ in their states as of entry {}, and no majority agrees: nobody serves."
                            + " Find out who is right, and remove the others",
                    logIndex);
        } else if (!found && corrupt) {
            LOG.warn("a majority of the members has one state again, as of entry {}", logIndex);
        }
        corrupt = found;
        agreementCount += found ? 0 : 1;
    }
}
