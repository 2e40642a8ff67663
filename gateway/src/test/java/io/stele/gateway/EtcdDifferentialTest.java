package io.stele.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.Message;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.stele.gateway.etcdserverpb.CompactionRequest;
import io.stele.gateway.etcdserverpb.DeleteRangeRequest;
import io.stele.gateway.etcdserverpb.KVGrpc;
import io.stele.gateway.etcdserverpb.LeaseGrantRequest;
import io.stele.gateway.etcdserverpb.LeaseGrpc;
import io.stele.gateway.etcdserverpb.LeaseLeasesRequest;
import io.stele.gateway.etcdserverpb.LeaseLeasesResponse;
import io.stele.gateway.etcdserverpb.LeaseRevokeRequest;
import io.stele.gateway.etcdserverpb.LeaseStatus;
import io.stele.gateway.etcdserverpb.LeaseTimeToLiveRequest;
import io.stele.gateway.etcdserverpb.LeaseTimeToLiveResponse;
import io.stele.gateway.etcdserverpb.PutRequest;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.etcdserverpb.RangeResponse;
import io.stele.gateway.etcdserverpb.ResponseHeader;
import io.stele.gateway.etcdserverpb.TxnRequest;
import io.stele.gateway.mvccpb.KeyValue;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same requests to Stele and to etcd, one after the other: the same answers, codes and texts. Skipped where no etcd
 * is installed. {@code -Dstele.differential.requests} and {@code -Dstele.differential.seed} make it longer, or another.
 */
class EtcdDifferentialTest {
    private static final int REQUESTS = Integer.getInteger("stele.differential.requests", 3000);
    private static final long SEED = Long.getLong("stele.differential.seed", 1);

    @Test
    void shouldAnswerAsEtcdDoes(@TempDir Path directory) throws Exception {
        assumeTrue(EtcdProcess.isInstalled(), "no etcd is installed");
        try (EtcdProcess etcd = new EtcdProcess(directory);
                TestNode node = new TestNode(directory)) {
            Channel stele = node.channel();
            RequestGenerator generator = new RequestGenerator(SEED);
            for (int i = 0; i < REQUESTS; i++) {
                Message request = generator.next();
                Object theirs = answer(etcd.channel(), request, i == 0);
                Object ours = answer(stele, request, i == 0);
                assertEquals(
                        String.valueOf(comparable(request, theirs)),
                        String.valueOf(comparable(request, ours)),
                        "seed " + SEED + ", request " + i + ": " + request);
                if (theirs instanceof Message message) {
                    generator.seen(header(message).getRevision());
                }
            }
        }
    }

    private static final List<String> DATA_REFUSALS = List.of(
            "NOT_FOUND: etcdserver: requested lease not found",
            "INVALID_ARGUMENT: etcdserver: key not found",
            "OUT_OF_RANGE: etcdserver: mvcc: required revision has been compacted",
            "OUT_OF_RANGE: etcdserver: mvcc: required revision is a future revision");

    private static Object answer(Channel channel, Message request, boolean waitForReady) {
        KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(channel);
        LeaseGrpc.LeaseBlockingStub lease = LeaseGrpc.newBlockingStub(channel);
        if (waitForReady) {
            kv = kv.withWaitForReady();
            lease = lease.withWaitForReady();
        }
        try {
            if (request instanceof PutRequest put) {
                return kv.put(put);
            } else if (request instanceof RangeRequest range) {
                return kv.range(range);
            } else if (request instanceof DeleteRangeRequest delete) {
                return kv.deleteRange(delete);
            } else if (request instanceof TxnRequest txn) {
                return kv.txn(txn);
            } else if (request instanceof CompactionRequest compaction) {
                return kv.compact(compaction);
            } else if (request instanceof LeaseGrantRequest grant) {
                return lease.leaseGrant(grant);
            } else if (request instanceof LeaseRevokeRequest revoke) {
                return lease.leaseRevoke(revoke);
            } else if (request instanceof LeaseTimeToLiveRequest timeToLive) {
                return lease.leaseTimeToLive(timeToLive);
            }
            return lease.leaseLeases((LeaseLeasesRequest) request);
        } catch (StatusRuntimeException e) {
            return e.getMessage();
        }
    }

    private static ResponseHeader header(Message message) {
        return (ResponseHeader) message.getField(message.getDescriptorForType().findFieldByName("header"));
    }

    /** Without what differs between any two servers, and between any two answers of one. */
    private static Object comparable(Message request, Object answer) {
        if (!(answer instanceof Message message)) {
            // Which of several things that are wrong with a transaction's operations comes first depends on the
            // version.
            return request instanceof TxnRequest && DATA_REFUSALS.contains(answer) ? DATA_REFUSALS : answer;
        }
        Message.Builder builder = message.toBuilder();
        builder.setField(
                message.getDescriptorForType().findFieldByName("header"),
                ResponseHeader.newBuilder()
                        .setRevision(header(message).getRevision())
                        .build());
        Message masked = builder.build();
        if (masked instanceof RangeResponse range) {
            RangeRequest asked = (RangeRequest) request;
            return unordered(asked, asked.getKeysOnly() ? withoutLeases(range) : range);
        } else if (masked instanceof LeaseLeasesResponse leases) {
            return leases.getLeasesList().stream()
                    .map(LeaseStatus::getID)
                    .sorted()
                    .toList();
        } else if (masked instanceof LeaseTimeToLiveResponse left) {
            LeaseTimeToLiveResponse.Builder steady = left.toBuilder().clearKeys();
            if (left.getTTL() > 0) {
                steady.setTTL(1);
            }
            return steady.build() + " "
                    + left.getKeysList().stream()
                            .map(key -> key.toStringUtf8())
                            .sorted()
                            .toList();
        }
        return masked;
    }

    /** Since etcd 3.7 a range of keys alone tells no leases. */
    private static RangeResponse withoutLeases(RangeResponse range) {
        RangeResponse.Builder builder = range.toBuilder();
        builder.getKvsBuilderList().forEach(KeyValue.Builder::clearLease);
        return builder.build();
    }

    /** Pairs that are alike in what they are sorted by come in any order: with a limit, any of them may be left out. */
    private static Object unordered(RangeRequest request, RangeResponse range) {
        if (request.getSortTarget() == RangeRequest.SortTarget.KEY
                || request.getSortTarget() == RangeRequest.SortTarget.UNRECOGNIZED) {
            return range;
        }
        List<String> sorted = range.getKvsList().stream()
                .map(pair -> field(request.getSortTarget(), pair))
                .toList();
        String rest = request.getLimit() > 0
                ? ""
                : range.getKvsList().stream()
                        .sorted(Comparator.comparing(pair -> pair.getKey().toStringUtf8()))
                        .toList()
                        .toString();
        return range.toBuilder().clearKvs().build() + " " + sorted + " " + rest;
    }

    private static String field(RangeRequest.SortTarget target, KeyValue pair) {
        return switch (target) {
            case VERSION -> String.valueOf(pair.getVersion());
            case CREATE -> String.valueOf(pair.getCreateRevision());
            case MOD -> String.valueOf(pair.getModRevision());
            case VALUE -> pair.getValue().toStringUtf8();
            case KEY, UNRECOGNIZED -> "";
        };
    }
}
