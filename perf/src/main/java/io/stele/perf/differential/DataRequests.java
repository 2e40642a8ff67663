package io.stele.perf.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.stele.gateway.etcdserverpb.CompactionRequest;
import io.stele.gateway.etcdserverpb.Compare;
import io.stele.gateway.etcdserverpb.DeleteRangeRequest;
import io.stele.gateway.etcdserverpb.LeaseGrantRequest;
import io.stele.gateway.etcdserverpb.LeaseLeasesRequest;
import io.stele.gateway.etcdserverpb.LeaseRevokeRequest;
import io.stele.gateway.etcdserverpb.LeaseTimeToLiveRequest;
import io.stele.gateway.etcdserverpb.PutRequest;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.etcdserverpb.RequestOp;
import io.stele.gateway.etcdserverpb.TxnRequest;
import java.util.Random;

/** Requests for keys and leases from a seed, over few of both so that they meet; wrong ones among them. */
final class DataRequests {
    private static final int LEASES = 6;
    private static final ByteString NO_END = ByteString.copyFrom(new byte[1]);

    private final Random random;
    /** Where the store is by now, so that revisions asked for are near. */
    private long revision = 1;

    DataRequests(long seed) {
        random = new Random(seed);
    }

    void seen(long value) {
        revision = Math.max(revision, value);
    }

    Message next() {
        int dice = random.nextInt(1000);
        if (dice < 300) {
            return put();
        }
        if (dice < 600) {
            return range();
        }
        if (dice < 680) {
            return delete();
        }
        if (dice < 920) {
            return txn(3);
        }
        if (dice < 930) {
            return CompactionRequest.newBuilder()
                    .setRevision(revision - 40 + random.nextInt(45))
                    .setPhysical(random.nextBoolean())
                    .build();
        }
        return lease(dice);
    }

    private Message lease(int dice) {
        if (dice < 960) {
            long ttl = oneIn(20) ? 9_000_000_001L : 100_000 + random.nextInt(1000);
            return LeaseGrantRequest.newBuilder().setID(leaseId()).setTTL(ttl).build();
        }
        if (dice < 980) {
            return LeaseRevokeRequest.newBuilder().setID(leaseId()).build();
        }
        if (dice < 990) {
            return LeaseTimeToLiveRequest.newBuilder()
                    .setID(leaseId())
                    .setKeys(random.nextBoolean())
                    .build();
        }
        return LeaseLeasesRequest.getDefaultInstance();
    }

    private PutRequest put() {
        PutRequest.Builder put = PutRequest.newBuilder().setKey(key()).setPrevKv(oneIn(3));
        if (oneIn(10)) {
            put.setIgnoreValue(true);
        }
        if (oneIn(10)) {
            put.setIgnoreLease(true);
        }
        if (!put.getIgnoreValue() || oneIn(4)) {
            put.setValue(value());
        }
        if (oneIn(4)) {
            put.setLease(leaseId());
        }
        return put.build();
    }

    private RangeRequest range() {
        RangeRequest.Builder range = RangeRequest.newBuilder().setKey(key()).setRangeEnd(end());
        if (oneIn(3)) {
            range.setLimit(random.nextInt(6) - 1);
        }
        if (oneIn(3)) {
            range.setRevision(revision - random.nextInt(60) + 3);
        }
        if (oneIn(3)) {
            range.setSortOrderValue(random.nextInt(3));
            range.setSortTargetValue(random.nextInt(5));
        }
        range.setSerializable(oneIn(3));
        range.setKeysOnly(oneIn(8));
        range.setCountOnly(oneIn(8));
        if (oneIn(6)) {
            range.setMinModRevision(near());
            range.setMaxModRevision(oneIn(2) ? near() : 0);
        }
        if (oneIn(6)) {
            range.setMinCreateRevision(oneIn(2) ? near() : 0);
            range.setMaxCreateRevision(near());
        }
        return range.build();
    }

    private long near() {
        return Math.max(0, revision - random.nextInt(60));
    }

    private DeleteRangeRequest delete() {
        return DeleteRangeRequest.newBuilder()
                .setKey(key())
                .setRangeEnd(end())
                .setPrevKv(random.nextBoolean())
                .build();
    }

    private TxnRequest txn(int depth) {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        for (int i = random.nextInt(3); i > 0; i--) {
            txn.addCompare(compare());
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            txn.addSuccess(operation(depth));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            txn.addFailure(operation(depth));
        }
        return txn.build();
    }

    private RequestOp operation(int depth) {
        RequestOp.Builder operation = RequestOp.newBuilder();
        int dice = random.nextInt(100);
        if (dice < 40) {
            return operation.setRequestPut(put()).build();
        }
        if (dice < 75) {
            // What ComparedAnswer makes alike is left out here: within a transaction it cannot.
            return operation
                    .setRequestRange(range().toBuilder()
                            .clearSortOrder()
                            .clearSortTarget()
                            .clearKeysOnly())
                    .build();
        }
        if (dice < 88) {
            // etcd overlooks that a deletion without an end meets a put, and dies of one that keeps the value deleted.
            DeleteRangeRequest.Builder delete = delete().toBuilder();
            if (delete.getRangeEnd().equals(NO_END)) {
                delete.clearRangeEnd();
            }
            return operation.setRequestDeleteRange(delete).build();
        }
        return dice == 99 || depth == 0
                ? operation.build()
                : operation.setRequestTxn(txn(depth - 1)).build();
    }

    private Compare compare() {
        Compare.Builder compare = Compare.newBuilder()
                .setKey(key())
                .setResultValue(random.nextInt(4))
                .setTargetValue(random.nextInt(5));
        if (oneIn(4)) {
            compare.setRangeEnd(end());
        }
        switch (oneIn(12) ? random.nextInt(5) : compare.getTargetValue()) {
            case 0 -> compare.setVersion(random.nextInt(3));
            case 1 -> compare.setCreateRevision(oneIn(2) ? 0 : near());
            case 2 -> compare.setModRevision(oneIn(2) ? 0 : near());
            case 3 -> compare.setValue(value());
            default -> compare.setLease(oneIn(2) ? 0 : leaseId());
        }
        return compare.build();
    }

    private ByteString key() {
        if (oneIn(60)) {
            return ByteString.EMPTY;
        }
        int number = random.nextInt(12);
        return ByteString.copyFromUtf8(number < 8 ? "k" + number : "dir/" + number);
    }

    private ByteString end() {
        return switch (random.nextInt(8)) {
            case 0 -> NO_END;
            case 1 -> ByteString.copyFromUtf8("k9");
            case 2 -> ByteString.copyFromUtf8("l");
            case 3 -> key();
            default -> ByteString.EMPTY;
        };
    }

    private ByteString value() {
        return ByteString.copyFromUtf8("v" + random.nextInt(6));
    }

    private long leaseId() {
        return 1L + random.nextInt(LEASES);
    }

    private boolean oneIn(int count) {
        return random.nextInt(count) == 0;
    }
}
