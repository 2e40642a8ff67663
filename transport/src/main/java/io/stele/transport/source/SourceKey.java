package io.stele.transport.source;

import java.nio.ByteBuffer;

/**
 * One key as it was at the revision that is read.
 *
 * @param lease 0: none
 */
public record SourceKey(
        ByteBuffer key, ByteBuffer value, long createRevision, long modRevision, long version, long lease) {}
