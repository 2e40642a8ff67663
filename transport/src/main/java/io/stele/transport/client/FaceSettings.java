package io.stele.transport.client;

/**
 * What an operator decides about the protocols that are not Stele's own.
 *
 * @param bcryptCost work that goes into the hash of a password; each step doubles it
 * @param enableV2 whether etcd's API of version 2 is served, too
 * @param streamsMax calls that one gRPC connection may have open
 * @param keepaliveMinMs a gRPC client that pings more often is cut off
 * @param keepaliveIntervalMs a gRPC connection that has been silent so long is pinged
 * @param keepaliveTimeoutMs and closed if it does not answer within this
 */
public record FaceSettings(
        int bcryptCost,
        boolean enableV2,
        int streamsMax,
        long keepaliveMinMs,
        long keepaliveIntervalMs,
        long keepaliveTimeoutMs) {
    /** etcd's, but for the streams: etcd counts to four thousand million. */
    public static final FaceSettings DEFAULT = new FaceSettings(10, false, 10_000, 5_000, 7_200_000, 20_000);
}
