package io.stele.transport.client;

/** Who answered, and what it takes. */
public record ServerIdentity(
        long clusterId, long memberId, String memberName, String serverVersion, int frameLengthMax, int inFlightMax) {}
