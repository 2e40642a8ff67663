package io.stele.simulator.cluster;

import io.stele.simulator.Decision;
import io.stele.simulator.Dice;
import io.stele.simulator.Sometimes;
import io.stele.storage.file.sim.DiskFault;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/** Does harm now and then, and undoes some of it: processes that ended start again, links that were cut are mended. */
final class Nemesis {
    private static final DiskFault[] CRASHES = {
        DiskFault.CRASH_BEFORE, DiskFault.CRASH_INSIDE, DiskFault.CRASH_INSIDE, DiskFault.CRASH_AFTER
    };
    private static final int CALLS_MAX = 2_000;

    private final ClusterWorld world;
    private final SplittableRandom random;
    private final int place;
    private boolean isOver;

    Nemesis(ClusterWorld world) {
        this.world = world;
        random = world.dice.stream(Decision.FAULT, 10, 0);
        place = world.agenda.add(this::turn);
        world.agenda.set(place, world.time.nanoTime() + ClusterOptions.around(random, world.options.calmNs));
        world.onEnded = this::onEnded;
    }

    /** All is undone but the processes that have ended; nothing happens any more. */
    void end() {
        isOver = true;
        world.agenda.set(place, Agenda.NEVER);
        world.onEnded = member -> {};
        world.weather.clear();
        for (SimMember member : world.members) {
            member.disk.quota(Long.MAX_VALUE);
            member.pause(0);
            member.stall(0);
            if (member.trouble != null) {
                member.trouble.arm(0, DiskFault.NONE);
            }
        }
    }

    private void onEnded(SimMember member) {
        long downNs = ClusterOptions.around(random, world.options.downNs);
        world.agenda.once(world.time.nanoTime() + downNs, () -> {
            if (!isOver) {
                member.boot();
            }
        });
    }

    private long untilNs() {
        return world.time.nanoTime() + ClusterOptions.around(random, world.options.troubleNs);
    }

    private void turn() {
        world.agenda.set(place, world.time.nanoTime() + ClusterOptions.around(random, world.options.calmNs));
        List<SimMember> up = world.up();
        if (up.isEmpty()) {
            return;
        }
        ClusterFault fault = world.options.fault(random);
        SimMember any = up.get(random.nextInt(up.size()));
        SimMember leader = world.leader();
        SimMember leaderOrAny = leader == null ? any : leader;
        world.timeline.fold(fault.name());
        if (fault != ClusterFault.CALM) {
            world.coverage.fault();
        }
        switch (fault) {
            case POWER_CUT -> any.powerCut();
            case POWER_CUT_LEADER -> leaderOrAny.powerCut();
            case POWER_CUT_ALL -> {
                world.coverage.note(Sometimes.ALL_CRASHED);
                up.forEach(SimMember::powerCut);
            }
            case ROT -> rot(any);
            case LOST_DISK -> loseDisk(any);
            case KILL -> any.kill();
            case CLEAN_STOP -> any.close();
            case CRASH_AT_CALL, ERROR_AT_CALL, FULL_DISK, DISK_STALL -> harmDisk(fault, any);
            case PAUSE -> pause(any);
            case PAUSE_LEADER -> pause(leaderOrAny);
            default -> harmNetwork(fault, any, leaderOrAny);
        }
    }

    private void harmDisk(ClusterFault fault, SimMember member) {
        switch (fault) {
            case CRASH_AT_CALL ->
                member.trouble.arm(Dice.logUniform(random, 1, CALLS_MAX), CRASHES[random.nextInt(CRASHES.length)]);
            case ERROR_AT_CALL -> member.trouble.arm(Dice.logUniform(random, 1, CALLS_MAX), DiskFault.EIO);
            case FULL_DISK -> {
                world.say(member + ": disk full");
                member.disk.quota(member.disk.usedBytes() + random.nextInt(20_000));
                world.agenda.once(untilNs(), () -> member.disk.quota(Long.MAX_VALUE));
            }
            default -> {
                world.say(member + ": disk stalls");
                world.coverage.note(Sometimes.DISK_STALLED);
                member.stall(untilNs());
            }
        }
    }

    /** Whether others can repair what is harmed here. */
    private boolean mayHarm(SimMember member) {
        int harmed = 0;
        for (SimMember each : world.members) {
            harmed += each.rot.isHarmed() ? 1 : 0;
        }
        return harmed < world.options.rotMax && !member.rot.isHarmed() && member.life() > 0;
    }

    private void rot(SimMember member) {
        if (mayHarm(member)) {
            // Who loses his power may take damage to what he forced last for a write that was torn: a limit that is
            // known.
            boolean isPowerCut = random.nextBoolean();
            if (isPowerCut) {
                member.powerCut();
            } else {
                member.kill();
            }
            member.rot.harm(random, !isPowerCut);
        }
    }

    /**
     * As long as all whose disks are sound have met it: where somebody has not, the two together cannot know that there
     * was something before them, a limit that is known.
     */
    private void loseDisk(SimMember member) {
        for (SimMember each : world.members) {
            if (each != member && !each.rot.isHarmed() && !each.rot.hasMet(member)) {
                return;
            }
        }
        if (mayHarm(member)) {
            if (random.nextBoolean()) {
                member.powerCut();
            } else {
                member.kill();
            }
            member.rot.loseAll();
            leaveAlone(member);
        }
    }

    /** Often somebody is missing who would know what was lost. */
    private void leaveAlone(SimMember member) {
        SimMember other = world.members.get(random.nextInt(world.members.size()));
        switch (other == member ? 2 : random.nextInt(3)) {
            case 0 -> pause(other);
            case 1 -> isolate(other);
            default -> {}
        }
    }

    private void pause(SimMember member) {
        world.say(member + ": paused");
        world.coverage.note(member.isLeader() ? Sometimes.LEADER_PAUSED : Sometimes.FOLLOWER_PAUSED);
        member.pause(untilNs());
    }

    private void harmNetwork(ClusterFault fault, SimMember any, SimMember leader) {
        if (random.nextBoolean()) {
            world.weather.calm();
        }
        List<SimMember> members = shuffled();
        world.say("network: " + fault + " " + members);
        switch (fault) {
            case SPLIT -> split(members, 1 + random.nextInt(Math.max(1, members.size() - 1)));
            case ISOLATE -> isolate(any);
            case ISOLATE_LEADER -> isolate(leader);
            case ONE_WAY -> oneWay(random.nextBoolean() ? leader : any);
            case BRIDGE -> bridge(members);
            case RING -> ring(members);
            case CLOG -> clog(members);
            case STORM -> world.weather.storm(200_000 + random.nextInt(600_000));
            default -> {
                if (world.weather.isCut()) {
                    world.coverage.note(Sometimes.PARTITION_HEALED);
                }
                world.weather.calm();
                return;
            }
        }
        world.coverage.note(Sometimes.NETWORK_HARMED);
        if (random.nextInt(3) > 0) {
            world.agenda.once(untilNs(), () -> {
                if (world.weather.isCut()) {
                    world.coverage.note(Sometimes.PARTITION_HEALED);
                }
                world.say("network: calm");
                world.weather.calm();
            });
        }
    }

    private List<SimMember> shuffled() {
        List<SimMember> members = new ArrayList<>(world.members);
        members.removeIf(member -> member.isGone);
        Collections.shuffle(members, new Random(random.nextLong()));
        return members;
    }

    private void split(List<SimMember> members, int size) {
        for (int i = 0; i < size; i++) {
            for (int k = size; k < members.size(); k++) {
                world.weather.cutBothWays(members.get(i), members.get(k));
            }
        }
    }

    private void isolate(SimMember member) {
        for (SimMember other : world.members) {
            if (other != member) {
                world.weather.cutBothWays(member, other);
            }
        }
    }

    /** It is not heard any more, or does not hear; by all or by some. */
    private void oneWay(SimMember member) {
        boolean isMute = random.nextBoolean();
        boolean byAll = random.nextBoolean();
        for (SimMember other : world.members) {
            if (other != member && (byAll || random.nextBoolean())) {
                world.weather.cut(isMute ? member : other, isMute ? other : member);
            }
        }
    }

    private void bridge(List<SimMember> members) {
        List<SimMember> others = members.subList(1, members.size());
        split(others, others.size() / 2);
    }

    private void ring(List<SimMember> members) {
        int size = members.size();
        for (int i = 0; i < size; i++) {
            for (int k = i + 2; k < size; k++) {
                if (i > 0 || k < size - 1) {
                    world.weather.cutBothWays(members.get(i), members.get(k));
                }
            }
        }
    }

    private void clog(List<SimMember> members) {
        long untilNs = untilNs();
        for (SimMember from : members) {
            for (SimMember to : members) {
                if (from != to && random.nextInt(3) == 0) {
                    world.weather.clog(from, to, untilNs);
                }
            }
        }
    }
}
