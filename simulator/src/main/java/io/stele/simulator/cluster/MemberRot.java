package io.stele.simulator.cluster;

import io.stele.simulator.Rot;
import io.stele.simulator.Sometimes;
import io.stele.simulator.Violation;
import io.stele.simulator.check.DiskCheck;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.sim.SimDisk;
import io.stele.storage.wal.Superblock;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToLongFunction;

/**
 * Damage to one member's disk, from when it is done until nothing of it is left. Meanwhile the member may refuse to
 * start or stop with a reason that says so, may have lost entries as long as it owes them, and may serve nobody; but it
 * may not give a wrong answer, nor forget what it has promised without knowing it.
 */
final class MemberRot {
    private final ClusterWorld world;
    private final SimMember member;
    private String harm;

    /** Whether it has started since. */
    private boolean wasOpened;

    /** Whether nothing was left; then what it had acknowledged, and its term. */
    private boolean isAllLost;

    private long lostAcknowledgedTo;
    private long lostTerm;

    MemberRot(ClusterWorld world, SimMember member) {
        this.world = world;
        this.member = member;
    }

    /** Whether copies of something may be missing here. */
    boolean isHarmed() {
        return harm != null;
    }

    /** The process is down. */
    void harm(SplittableRandom random, boolean mayHarmLog) {
        SimDisk disk = member.disk;
        harm = harm(disk, random, mayHarmLog);
        wasOpened = false;
        isAllLost = false;
        world.say(member + ": rot, " + harm);
        world.ports.afterRot(disk, new ClusterPorts.Place(member.number, member.life()));
        if (isClean()) {
            world.coverage.note(Sometimes.ROT_WITHOUT_EFFECT_IN_CLUSTER);
        } else {
            world.coverage.note(Sometimes.ROT_IN_CLUSTER);
        }
    }

    /** The process is down, and comes back with an empty disk. */
    void loseAll() {
        lostTerm = remembered(member, Superblock::term);
        lostAcknowledgedTo = member.log.acknowledgedTo();
        member.disk.names().forEach(member.disk::lose);
        harm = "all files are lost";
        isAllLost = true;
        wasOpened = false;
        world.say(member + ": " + harm);
        world.coverage.note(Sometimes.DISK_LOST);
    }

    /** Whether this one would know the other again. */
    boolean hasMet(SimMember other) {
        return remembered(member, superblock -> superblock.peerLife(other.memberId())) > 0;
    }

    /** What stands in a superblock that no power cut can take away; 0 before there is one. */
    private static long remembered(SimMember member, ToLongFunction<Superblock> what) {
        if (!member.disk.names().contains(Superblock.NAME)) {
            return 0;
        }
        SimDisk copy = new SimDisk();
        copy.replace(Superblock.NAME, member.disk.durableBytes(Superblock.NAME));
        try (FileStore files = copy.mount();
                Superblock superblock = Superblock.open(files)) {
            return what.applyAsLong(superblock);
        }
    }

    /** One place in any file, and perhaps some more in the log and the pages, of which there are no copies here. */
    private static String harm(SimDisk disk, SplittableRandom random, boolean mayHarmLog) {
        List<String> names = new ArrayList<>(disk.names());
        names.removeIf(name -> !mayHarmLog && name.startsWith("wal"));
        StringBuilder text = new StringBuilder(names.isEmpty() ? "nothing" : Rot.harm(disk, names, random));
        names.removeIf(name -> !name.startsWith("wal-") && !name.startsWith("pages"));
        for (int i = names.isEmpty() ? 0 : random.nextInt(4); i > 0; i--) {
            text.append(", ").append(Rot.harm(disk, names, random));
        }
        return text.toString();
    }

    /** A life with this disk is over: looks whether the damage is gone. */
    void look() {
        if (isHarmed() && wasOpened && isClean()) {
            world.say(member + ": nothing is left of the rot");
            world.coverage.note(isAllLost ? Sometimes.LOST_DISK_MADE_GOOD : Sometimes.ROT_REPAIRED);
            harm = null;
        }
    }

    private boolean isClean() {
        try {
            DiskCheck.beforeStart(member.disk);
        } catch (Violation found) {
            return false;
        }
        SimDisk copy = member.disk.copy();
        try (FileStore files = copy.mount()) {
            if (!files.exists(Superblock.NAME)) {
                return !isAllLost;
            }
            try (Superblock superblock = Superblock.open(files)) {
                return superblock.pledgeTerm() == 0
                        && !superblock.isStateLost()
                        && (!isAllLost || hasBackWhatWasLost(superblock))
                        && Superblock.validCopies(files) == Superblock.copyCount();
            }
        } catch (StorageException e) {
            return false;
        }
    }

    /** Before others have told it, a member with a new disk does not know that it owes anything. */
    private boolean hasBackWhatWasLost(Superblock superblock) {
        boolean mayVote = superblock.life() >= Superblock.FIRST_VOTING_LIFE;
        return mayVote && superblock.term() >= lostTerm && member.log.durableTo() >= lostAcknowledgedTo;
    }

    /** It has recovered with this log: what is gone it must owe. */
    void onOpened() {
        wasOpened = true;
        long kept = member.log.keptOf(member.node().log());
        if (isHarmed() && !isAllLost && kept < member.log.acknowledgedTo() && !owes()) {
            throw new Violation(
                    "rot",
                    member + " has acknowledged entry " + member.log.acknowledgedTo() + ", has lost what is after "
                            + kept + " to rot (" + harm + "), and does not know it");
        }
        if (isHarmed() && kept < member.log.durableTo()) {
            world.coverage.note(Sometimes.ROT_COST_ENTRIES);
        }
        if (isHarmed()) {
            member.log.onLost(member.node().log());
        }
    }

    private boolean owes() {
        return remembered(member, Superblock::pledgeTerm) != 0;
    }

    /** Whether a node may stop for this reason. */
    boolean explains(StorageException e) {
        return isHarmed() && e.kind() == StorageException.Kind.CORRUPT;
    }

    @Override
    public String toString() {
        return harm;
    }
}
