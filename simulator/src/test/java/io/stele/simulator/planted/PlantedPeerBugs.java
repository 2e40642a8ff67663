package io.stele.simulator.planted;

import io.stele.consensus.MessageType;
import io.stele.simulator.cluster.ClusterPorts;
import io.stele.simulator.planted.FlawedPeers.Flaw;
import io.stele.simulator.planted.FlawedPeers.Heard;
import io.stele.storage.file.sim.SimDisk;
import io.stele.storage.wal.Superblock;
import io.stele.transport.peer.codec.ForwardedReplyDecoder;
import io.stele.transport.peer.codec.ForwardedReplyEncoder;
import io.stele.transport.peer.codec.ForwardedRequestDecoder;
import io.stele.transport.peer.codec.ForwardedRequestEncoder;
import io.stele.transport.peer.codec.IntroductionDecoder;
import io.stele.transport.peer.codec.IntroductionEncoder;
import io.stele.transport.peer.codec.SnapshotChunkDecoder;
import io.stele.transport.peer.codec.SnapshotChunkEncoder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import org.agrona.concurrent.UnsafeBuffer;

/** What a careless author could do to the conversation of the members. */
final class PlantedPeerBugs {
    private PlantedPeerBugs() {}

    private static ClusterPorts saying(MessageType type, BiConsumer<PeerFrame, Long> change) {
        return FlawedPeers.of(() -> new Flaw() {
            @Override
            boolean onSend(long to, PeerFrame frame) {
                if (frame.is(type)) {
                    change.accept(frame, to);
                }
                return true;
            }
        });
    }

    private static ClusterPorts notSaying(BiPredicate<PeerFrame, Long> kept) {
        return FlawedPeers.of(() -> new Flaw() {
            @Override
            boolean onSend(long to, PeerFrame frame) {
                return kept.test(frame, to);
            }
        });
    }

    /** A member acknowledges one entry more than it has forced. */
    static ClusterPorts acknowledgesTooMuch() {
        return saying(MessageType.APPEND_REPLY, (frame, to) -> {
            if (frame.raft().flag() == 0) {
                frame.change().logIndex(frame.raft().logIndex() + 1);
            }
        });
    }

    /** A member whose log does not fit says that it does. */
    static ClusterPorts acknowledgesWhatItRefuses() {
        return saying(MessageType.APPEND_REPLY, (frame, to) -> frame.change().flag((byte) 0));
    }

    /** A member votes for everybody. */
    static ClusterPorts votesForEverybody() {
        return saying(MessageType.VOTE_REPLY, (frame, to) -> frame.change().flag((byte) 0));
    }

    /** A leader tells every member its own commit index, whatever the member is known to hold. */
    static ClusterPorts heartbeatsCommitTooMuch() {
        return FlawedPeers.of(() -> new Flaw() {
            private long commit;

            @Override
            boolean onSend(long to, PeerFrame frame) {
                if (frame.is(MessageType.APPEND)) {
                    commit = Math.max(
                            commit, frame.raft().logIndex() + frame.raft().entryCount());
                } else if (frame.is(MessageType.HEARTBEAT)) {
                    frame.change().commit(commit);
                }
                return true;
            }
        });
    }

    /** An append says that one entry more is committed than is. */
    static ClusterPorts appendsCommitTooMuch() {
        return saying(
                MessageType.APPEND,
                (frame, to) -> frame.change().commit(frame.raft().commit() + 1));
    }

    /** Nobody tells a member that it has been met before. */
    static ClusterPorts forgetsWhoWasMet() {
        return FlawedPeers.of(() -> new Flaw() {
            private long bootId;
            private long life;

            @Override
            boolean onSend(long to, PeerFrame frame) {
                if (frame.templateId == IntroductionDecoder.TEMPLATE_ID) {
                    bootId = introduction(frame).bootId();
                    life = introduction(frame).life();
                }
                return true;
            }

            @Override
            boolean onReceive(long from, PeerFrame frame) {
                if (frame.templateId == IntroductionDecoder.TEMPLATE_ID
                        && introduction(frame).knownLife() >= life
                        && introduction(frame).knownBootId() != bootId) {
                    new IntroductionEncoder()
                            .wrap(frame.bytes, PeerFrame.BODY)
                            .knownLife(life)
                            .knownBootId(bootId);
                }
                return true;
            }

            private IntroductionDecoder introduction(PeerFrame frame) {
                return new IntroductionDecoder().wrap(frame.bytes, PeerFrame.BODY, IntroductionDecoder.BLOCK_LENGTH, 0);
            }
        });
    }

    /** A follower does not wait for the read index that it was given. */
    static ClusterPorts readsWithoutWaiting() {
        return FlawedPeers.of(() -> new Flaw() {
            @Override
            boolean onReceive(long from, PeerFrame frame) {
                if (frame.is(MessageType.READ_REPLY)) {
                    frame.change().logIndex(0);
                }
                return true;
            }
        });
    }

    /** A leader takes itself for confirmed by all as soon as it has asked. */
    static ClusterPorts readsWithoutQuorum() {
        return FlawedPeers.of(() -> new Flaw() {
            @Override
            boolean onSend(long to, PeerFrame frame) {
                if (frame.is(MessageType.HEARTBEAT)) {
                    PeerFrame answer = new PeerFrame(frame.bytes, 0, frame.bytes.capacity());
                    answer.change()
                            .messageType(MessageType.HEARTBEAT_REPLY.code())
                            .commit(0)
                            .flag((byte) 0);
                    imagined.add(new Heard(to, answer.bytes));
                }
                return true;
            }
        });
    }

    /** A leader forgets which requests it has taken: one that comes again is a new one. */
    static ClusterPorts forgetsForwardedRequests() {
        return FlawedPeers.of(() -> new Flaw() {
            private final Set<String> seen = new HashSet<>();
            private long renumbered = 1L << 40;

            @Override
            boolean onReceive(long from, PeerFrame frame) {
                if (frame.templateId == ForwardedRequestDecoder.TEMPLATE_ID) {
                    int at = PeerFrame.BODY + ForwardedRequestDecoder.requestIdEncodingOffset();
                    if (!seen.add(from + " " + frame.bytes.getLong(at))) {
                        frame.bytes.putLong(at, ++renumbered, ForwardedRequestEncoder.BYTE_ORDER);
                    }
                }
                return true;
            }
        });
    }

    /** A leader that has carried a forwarded request out says that it has not. */
    static ClusterPorts deniesWhatItHasDone() {
        return FlawedPeers.of(() -> new Flaw() {
            private int count;

            @Override
            boolean onSend(long to, PeerFrame frame) {
                if (frame.templateId == ForwardedReplyDecoder.TEMPLATE_ID && ++count % 10 == 0) {
                    frame.bytes.putByte(PeerFrame.BODY + ForwardedReplyEncoder.outcomeEncodingOffset(), (byte) 1);
                }
                return true;
            }
        });
    }

    /** A forwarded request is answered with what belongs to the one before. */
    static ClusterPorts mixesAnswersUp() {
        return FlawedPeers.of(() -> new Flaw() {
            private final Map<Long, Long> last = new HashMap<>();

            @Override
            boolean onSend(long to, PeerFrame frame) {
                if (frame.templateId == ForwardedReplyDecoder.TEMPLATE_ID) {
                    int at = PeerFrame.BODY + ForwardedReplyEncoder.requestIdEncodingOffset();
                    long id = frame.bytes.getLong(at);
                    Long other = last.put(to, id);
                    if (other != null) {
                        frame.bytes.putLong(at, other);
                    }
                }
                return true;
            }
        });
    }

    /** The last byte of a snapshot's chunk is another. */
    static ClusterPorts garblesSnapshots() {
        return onChunks(chunk -> {
            int last = chunk.bytes.capacity() - 1;
            if (chunk.bytes.getByte(PeerFrame.BODY + SnapshotChunkDecoder.lastEncodingOffset()) == 0) {
                chunk.bytes.putByte(last, (byte) (chunk.bytes.getByte(last) + 1));
            }
        });
    }

    /** A snapshot says that it covers one entry more than it does. */
    static ClusterPorts snapshotsCoverTooMuch() {
        return onChunks(chunk -> {
            int at = PeerFrame.BODY + SnapshotChunkDecoder.logIndexEncodingOffset();
            long index = chunk.bytes.getLong(at, SnapshotChunkEncoder.BYTE_ORDER);
            chunk.bytes.putLong(at, index + 1, SnapshotChunkEncoder.BYTE_ORDER);
        });
    }

    private static ClusterPorts onChunks(java.util.function.Consumer<PeerFrame> change) {
        return FlawedPeers.of(() -> new Flaw() {
            @Override
            boolean onSend(long to, PeerFrame frame) {
                if (frame.templateId == SnapshotChunkDecoder.TEMPLATE_ID) {
                    change.accept(frame);
                }
                return true;
            }
        });
    }

    /** A member whose log does not fit never says so. */
    static ClusterPorts keepsRefusalsToItself() {
        return notSaying((frame, to) ->
                !frame.is(MessageType.APPEND_REPLY) || frame.raft().flag() == 0);
    }

    /** Nobody answers heartbeats. */
    static ClusterPorts doesNotAnswerHeartbeats() {
        return notSaying((frame, to) -> !frame.is(MessageType.HEARTBEAT_REPLY));
    }

    /** Votes are lost on their way, always. */
    static ClusterPorts losesVotes() {
        return notSaying((frame, to) -> !frame.is(MessageType.VOTE_REPLY));
    }

    /** A start finds the superblock as it was a crash ago. */
    static ClusterPorts forgetsVotes() {
        return new ClusterPorts() {
            private final Map<Integer, byte[]> before = new HashMap<>();

            @Override
            public void afterCrash(SimDisk disk, Place place) {
                if (disk.names().contains(Superblock.NAME)) {
                    byte[] now = disk.bytes(Superblock.NAME);
                    byte[] old = before.put(place.member(), now);
                    if (old != null) {
                        disk.replace(Superblock.NAME, old);
                    }
                }
            }
        };
    }

    /** Entries are sent with the term of the message instead of their own. */
    static ClusterPorts sendsEntriesUnderNewTerms() {
        return saying(MessageType.APPEND, (frame, to) -> {
            UnsafeBuffer bytes = frame.bytes;
            int at = PeerFrame.BODY + frame.raft().sbeBlockLength() + Integer.BYTES;
            for (int i = 0; i < frame.raft().entryCount(); i++) {
                int termAt = at + PeerFrame.BODY;
                bytes.putLong(termAt, frame.raft().term(), java.nio.ByteOrder.LITTLE_ENDIAN);
                int lengthAt = termAt + io.stele.transport.peer.codec.LogEntryDecoder.BLOCK_LENGTH;
                at = lengthAt + Integer.BYTES + bytes.getInt(lengthAt, java.nio.ByteOrder.LITTLE_ENDIAN);
            }
        });
    }
}
