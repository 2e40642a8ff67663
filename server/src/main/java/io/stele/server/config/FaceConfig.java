package io.stele.server.config;

/**
 * What only the faces of other protocols need to know.
 *
 * @param bcryptCost work that goes into the hash of a password; each step doubles it
 * @param enableV2 whether etcd's API of version 2 is served, too
 */
public record FaceConfig(int bcryptCost, boolean enableV2) {
    /** etcd's. */
    public static final FaceConfig DEFAULT = new FaceConfig(10, false);

    private static final int BCRYPT_COST_MIN = 4;
    private static final int BCRYPT_COST_MAX = 31;

    public FaceConfig {
        if (bcryptCost < BCRYPT_COST_MIN || bcryptCost > BCRYPT_COST_MAX) {
            throw new ConfigException("--bcrypt-cost must be between " + BCRYPT_COST_MIN + " and " + BCRYPT_COST_MAX
                    + ", got " + bcryptCost);
        }
    }
}
