package io.stele.perf.differential;

import com.google.protobuf.Message;
import io.stele.gateway.etcdserverpb.LeaseLeasesResponse;
import io.stele.gateway.etcdserverpb.LeaseStatus;
import io.stele.gateway.etcdserverpb.LeaseTimeToLiveResponse;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.etcdserverpb.RangeResponse;
import io.stele.gateway.etcdserverpb.ResponseHeader;
import io.stele.gateway.etcdserverpb.TxnRequest;
import io.stele.gateway.mvccpb.KeyValue;
import java.util.Comparator;
import java.util.List;

/** What two servers that are right must agree in. An answer is a message, or the text of what was refused. */
final class ComparedAnswer {
    private static final List<String> DATA_REFUSALS = List.of(
            "NOT_FOUND: etcdserver: requested lease not found",
            "INVALID_ARGUMENT: etcdserver: key not found",
            "OUT_OF_RANGE: etcdserver: mvcc: required revision has been compacted",
            "OUT_OF_RANGE: etcdserver: mvcc: required revision is a future revision");

    private ComparedAnswer() {}

    static ResponseHeader header(Message message) {
        return (ResponseHeader) message.getField(message.getDescriptorForType().findFieldByName("header"));
    }

    /** Without what differs between any two servers, and between any two answers of one. */
    static Object of(Message request, Object answer) {
        if (!(answer instanceof Message message)) {
            // Which of several things that are wrong with a transaction's operations comes first, versions differ in.
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
