package io.stele.client;

import java.util.List;

/** How a member is. Lengths are bytes; {@code leaderId} 0: none known; {@code errors}: what is wrong with it. */
public record StatusResult(
        Header header,
        String version,
        String storageVersion,
        long dbLength,
        long dbLengthInUse,
        long dbQuota,
        long leaderId,
        long raftIndex,
        long raftAppliedIndex,
        long compactRevision,
        long keyCount,
        boolean isLearner,
        List<String> errors) {}
