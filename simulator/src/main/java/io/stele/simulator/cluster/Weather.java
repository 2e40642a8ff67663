package io.stele.simulator.cluster;

import io.stele.simulator.Decision;
import io.stele.simulator.Dice;
import io.stele.simulator.Sometimes;
import io.stele.transport.peer.PeerLane;
import io.stele.transport.peer.sim.SimPeerWeather;
import java.util.SplittableRandom;

/**
 * What becomes of each frame between members. Every link, in each direction, can be cut or clogged by itself; what
 * chance does to a frame depends on the seed, the link and the number of the frame on it, and on nothing else.
 */
final class Weather implements SimPeerWeather {
    private static final int MEMBERS_MAX = 64;

    private final ClusterWorld world;
    private final WeatherOptions options;
    private final boolean[] cut = new boolean[MEMBERS_MAX * MEMBERS_MAX];
    private final long[] clogUntilNs = new long[MEMBERS_MAX * MEMBERS_MAX];
    private final long[] frameCounts = new long[MEMBERS_MAX * MEMBERS_MAX];
    private int stormLost;
    private boolean isFair;
    private boolean isRepeat;

    Weather(ClusterWorld world, WeatherOptions options) {
        this.world = world;
        this.options = options;
    }

    /** From now on everything arrives, soon. */
    void clear() {
        isFair = true;
        calm();
    }

    /** All links work again. */
    void calm() {
        for (int link = 0; link < cut.length; link++) {
            cut[link] = false;
            clogUntilNs[link] = 0;
        }
        stormLost = 0;
    }

    void storm(int lostOfMillion) {
        stormLost = lostOfMillion;
    }

    void cut(SimMember from, SimMember to) {
        cut[link(from, to)] = true;
    }

    void cutBothWays(SimMember one, SimMember other) {
        cut(one, other);
        cut(other, one);
    }

    void clog(SimMember from, SimMember to, long untilNs) {
        clogUntilNs[link(from, to)] = untilNs;
    }

    boolean isCut() {
        for (boolean each : cut) {
            if (each) {
                return true;
            }
        }
        return false;
    }

    private static int link(SimMember from, SimMember to) {
        return from.number * MEMBERS_MAX + to.number;
    }

    private int link(long from, long to) {
        SimMember sender = world.memberById(from);
        SimMember receiver = world.memberById(to);
        return sender == null || receiver == null ? -1 : link(sender, receiver);
    }

    @Override
    public long delayNs(long from, long to, PeerLane lane, int length) {
        boolean isLater = isRepeat;
        isRepeat = false;
        int link = link(from, to);
        if (link < 0 || cut[link]) {
            return -1;
        }
        SplittableRandom random =
                new SplittableRandom(Dice.hash(world.dice.seed(), Decision.NETWORK, link, ++frameCounts[link]));
        if (!isFair && random.nextInt(WeatherOptions.MILLION) < Math.max(options.lost, stormLost)) {
            return -1;
        }
        long delayNs = isFair ? Math.min(options.delayNs, SimTime.MS_NS) : delayNs(random, isLater);
        long nowNs = world.time.nanoTime();
        if (clogUntilNs[link] > nowNs) {
            delayNs += clogUntilNs[link] - nowNs;
        }
        world.wake(world.memberById(to), nowNs + delayNs);
        return delayNs;
    }

    private long delayNs(SplittableRandom random, boolean isLater) {
        long delayNs = options.delayNs;
        if (options.jitterNs > 0) {
            delayNs += ClusterOptions.around(random, options.jitterNs) / 4;
        }
        return isLater ? delayNs + random.nextLong(options.repeatDelayNs) : delayNs;
    }

    @Override
    public boolean repeats(long from, long to, PeerLane lane, int length) {
        isRepeat = happens(from, to, 1, options.repeated, frameCount(from, to));
        if (isRepeat) {
            world.coverage.note(Sometimes.FRAME_REPEATED);
        }
        return isRepeat;
    }

    @Override
    public int flippedBit(long from, long to, int bits) {
        if (!happens(from, to, 2, options.flipped, frameCount(from, to))) {
            return -1;
        }
        int link = link(from, to);
        return (int) Long.remainderUnsigned(
                Dice.hash(world.dice.seed(), Decision.NETWORK, link + 3L * cut.length, frameCounts[link]), bits);
    }

    private long frameCount(long from, long to) {
        int link = link(from, to);
        return link < 0 ? 0 : frameCounts[link];
    }

    private boolean happens(long from, long to, int what, int ofMillion, long number) {
        int link = link(from, to);
        if (ofMillion == 0 || isFair || link < 0) {
            return false;
        }
        long hash = Dice.hash(world.dice.seed(), Decision.NETWORK, link + (long) what * cut.length, number);
        return Long.remainderUnsigned(hash, WeatherOptions.MILLION) < ofMillion;
    }

    @Override
    public boolean isConnected(long from, long to) {
        int link = link(from, to);
        return link >= 0 && !(cut[link] && options.cutsAreSeen);
    }

    @Override
    public boolean isBackPressured(long from, long to, PeerLane lane) {
        return lane == PeerLane.BULK && happens(from, to, 4, options.backPressured, world.time.nanoTime() >> 20);
    }
}
