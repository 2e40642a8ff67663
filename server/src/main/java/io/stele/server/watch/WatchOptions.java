package io.stele.server.watch;

import io.stele.transport.codec.WatchFlagsDecoder;

/**
 * How a watch is to be.
 *
 * @param previous each event with the pair from before it
 * @param progressNotify told from time to time how far it is
 * @param noPut without puts
 * @param noDelete without deletions
 * @param requireLeader ended when the member has no leader
 */
record WatchOptions(boolean previous, boolean progressNotify, boolean noPut, boolean noDelete, boolean requireLeader) {
    static WatchOptions of(WatchFlagsDecoder flags) {
        return new WatchOptions(
                flags.previous(), flags.progressNotify(), flags.noPut(), flags.noDelete(), flags.requireLeader());
    }
}
