package io.stele.simulator;

/** What chance decides in a run. Each kind has its own numbers: to take one fault away leaves all others in place. */
public enum Decision {
    OPTIONS(1),
    SCHEDULE(2),
    CLOCK(3),
    WORKLOAD(4),
    CLIENT(5),
    FAULT(6),
    POWER(7),
    ROT(8),
    NETWORK(9),
    BOOT(10),
    ADMIN(11),
    WATCH(12),
    LEASE(13),
    ONCE(14);

    /** Part of what is hashed: changing one changes every seed. */
    final long salt;

    Decision(long salt) {
        this.salt = salt;
    }
}
