package io.stele.server.node;

import io.stele.server.config.ConfigException;
import io.stele.server.config.ListenUrl;
import io.stele.server.machine.MemberRecord;
import io.stele.transport.MalformedMessageException;
import io.stele.transport.peer.PeerAddress;
import io.stele.transport.peer.PeerLane;
import io.stele.transport.peer.codec.MessageHeaderDecoder;
import io.stele.transport.peer.codec.MessageHeaderEncoder;
import io.stele.transport.peer.codec.NewcomerDecoder;
import io.stele.transport.peer.codec.NewcomerEncoder;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Members whom this one does not know yet, but others do: it was away, or is behind, and one of them may lead by now.
 * Only who is listened to can tell it so.
 *
 * <ol>
 *   <li>Introductions say how far a member has applied, and what its members sum up to. Who is farther and has others
 *       tells it of all whom it knows. Between members that agree nothing is said.
 *   <li>Only members that this one knows by itself are believed, and only of entries that it has not applied. It
 *       listens to whom they speak for, and answers: nothing else. Configuration and quorums come from the log.
 *   <li>Once it has applied the entry as of which they spoke it knows by itself, and lets go of the others.
 * </ol>
 */
final class Newcomers {
    private static final Logger LOG = LoggerFactory.getLogger(Newcomers.class);

    /** Listened to at once. */
    private static final int NEWCOMERS_MAX = 16;

    private static final int URL_LENGTH_MAX = 1024;

    private record Newcomer(long memberId, String peerUrl, long asOfIndex) {}

    private final NodeState node;
    private final Roster roster;
    private final List<Newcomer> newcomers = new ArrayList<>();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final NewcomerDecoder decoder = new NewcomerDecoder();
    private final NewcomerEncoder encoder = new NewcomerEncoder();
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(128);

    Newcomers(NodeState node, Roster roster) {
        this.node = node;
        this.roster = roster;
    }

    /** A member has told how far it is. */
    void onState(long memberId, long appliedIndex, long memberDigest) {
        if (appliedIndex >= node.machine.appliedIndex()
                || memberDigest == node.machine.members().digestLow()
                || node.soundness.isLost()) {
            return;
        }
        for (MemberRecord member : node.machine.members().members()) {
            if (member.memberId() != memberId
                    && member.memberId() != node.identity.memberId()
                    && !member.peerUrls().isEmpty()) {
                speakFor(member, memberId);
            }
        }
    }

    private void speakFor(MemberRecord member, long to) {
        byte[] peerUrl = member.peerUrls().get(0).getBytes(StandardCharsets.UTF_8);
        encoder.wrapAndApplyHeader(buffer, 0, headerEncoder)
                .asOfIndex(node.machine.appliedIndex())
                .memberId(member.memberId())
                .putPeerUrl(peerUrl, 0, peerUrl.length);
        node.peers.send(to, PeerLane.URGENT, buffer, 0, encoder.limit());
    }

    /** A member speaks for another one. */
    void onNewcomer(long from, DirectBuffer source, int offset, int length) {
        Newcomer newcomer = decode(source, offset, length);
        long memberId = newcomer.memberId;
        if (!roster.knows(from)
                || roster.knows(memberId)
                || memberId == node.identity.memberId()
                || newcomer.asOfIndex <= node.machine.appliedIndex()
                || node.parting.containsLong(memberId)
                || (!node.soundness.isLost() && node.machine.members().wasRemoved(memberId))) {
            return;
        }
        int place = place(memberId);
        if (place < 0 && newcomers.size() < NEWCOMERS_MAX) {
            if (listenTo(newcomer, from)) {
                newcomers.add(newcomer);
            }
        } else if (place >= 0 && newcomer.asOfIndex > newcomers.get(place).asOfIndex) {
            boolean moved = !newcomer.peerUrl.equals(newcomers.get(place).peerUrl);
            if (!moved || listenTo(newcomer, from)) {
                newcomers.set(place, newcomer);
            }
        }
    }

    private Newcomer decode(DirectBuffer source, int offset, int length) {
        header.wrap(source, offset);
        int blockAt = offset + MessageHeaderDecoder.ENCODED_LENGTH;
        int left = length - MessageHeaderDecoder.ENCODED_LENGTH - header.blockLength();
        if (header.blockLength() < NewcomerDecoder.BLOCK_LENGTH || left < NewcomerDecoder.peerUrlHeaderLength()) {
            throw new MalformedMessageException("a newcomer is cut off");
        }
        int urlLength = source.getInt(blockAt + header.blockLength(), ByteOrder.LITTLE_ENDIAN);
        if (urlLength < 0 || urlLength > Math.min(URL_LENGTH_MAX, left - NewcomerDecoder.peerUrlHeaderLength())) {
            throw new MalformedMessageException("a newcomer's address points outside");
        }
        decoder.wrap(source, blockAt, header.blockLength(), header.version());
        byte[] peerUrl = new byte[urlLength];
        decoder.getPeerUrl(peerUrl, 0, urlLength);
        return new Newcomer(decoder.memberId(), new String(peerUrl, StandardCharsets.UTF_8), decoder.asOfIndex());
    }

    private int place(long memberId) {
        for (int i = 0; i < newcomers.size(); i++) {
            if (newcomers.get(i).memberId == memberId) {
                return i;
            }
        }
        return -1;
    }

    private boolean listenTo(Newcomer newcomer, long from) {
        try {
            ListenUrl url = ListenUrl.parse("member", newcomer.peerUrl);
            node.peers.addPeer(newcomer.memberId, new PeerAddress(url.host(), url.port()));
        } catch (ConfigException | IllegalStateException e) {
            LOG.warn("member {} cannot be reached: {}", Long.toHexString(newcomer.memberId), e.getMessage());
            return false;
        }
        LOG.info(
                "member {} is listened to: member {} knows it as of entry {}",
                Long.toHexString(newcomer.memberId),
                Long.toHexString(from),
                newcomer.asOfIndex);
        return true;
    }

    /** Lets go of those whom this member must know by itself now. */
    int doWork() {
        int workCount = 0;
        for (int i = newcomers.size() - 1; i >= 0; i--) {
            Newcomer newcomer = newcomers.get(i);
            if (newcomer.asOfIndex <= node.machine.appliedIndex()) {
                newcomers.remove(i);
                workCount++;
                if (!roster.knows(newcomer.memberId) && !node.parting.containsLong(newcomer.memberId)) {
                    node.peers.removePeer(newcomer.memberId);
                }
            }
        }
        return workCount;
    }
}
