package io.stele.server.config;

/**
 * Which changes of a cluster's members are carried out.
 *
 * @param learnersMax learners there may be at once
 * @param isStrict whether a change is refused after which the cluster might not be able to decide
 */
public record MemberRules(int learnersMax, boolean isStrict) {
    /** As etcd has it: a second learner would cost the leader as much again. */
    public static final MemberRules DEFAULT = new MemberRules(1, true);

    public MemberRules {
        if (learnersMax < 1) {
            throw new ConfigException("--max-learners must be positive, got " + learnersMax);
        }
    }
}
