package io.stele.server.config;

/**
 * What only the faces of other protocols need to know.
 *
 * @param bcryptCost work that goes into the hash of a password; each step doubles it
 */
public record FaceConfig(int bcryptCost) {
    /** etcd's. */
    public static final FaceConfig DEFAULT = new FaceConfig(10);

    private static final int BCRYPT_COST_MIN = 4;
    private static final int BCRYPT_COST_MAX = 31;

    public FaceConfig {
        if (bcryptCost < BCRYPT_COST_MIN || bcryptCost > BCRYPT_COST_MAX) {
            throw new ConfigException("--bcrypt-cost must be between " + BCRYPT_COST_MIN + " and " + BCRYPT_COST_MAX
                    + ", got " + bcryptCost);
        }
    }
}
