package io.stele.perf.kubernetes;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.stele.gateway.etcdserverpb.RangeResponse;
import io.stele.gateway.mvccpb.KeyValue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.HdrHistogram.Histogram;

/** Lists of the pods, whole or page by page at one revision; what they held is kept, to be verified later. */
final class ObjectLists {
    private final ApiServer server;
    private final ObjectBytes bytes;
    private final int objects;
    private final Differences differences;
    private final List<Listed> all = new ArrayList<>();
    private final ByteString from;
    private final ByteString end;
    private long expiredCount;

    /** What a list held: the mod revision of each object. */
    private static final class Listed {
        private final long revision;
        private final long[] revisions;

        Listed(long revision, long[] revisions) {
            this.revision = revision;
            this.revisions = revisions;
        }
    }

    ObjectLists(ApiServer server, ObjectBytes bytes, int objects, Differences differences) {
        this.server = server;
        this.bytes = bytes;
        this.objects = objects;
        this.differences = differences;
        from = bytes.directory(Resource.PODS);
        end = ObjectBytes.end(from);
    }

    void full(Histogram times) {
        long beginNs = System.nanoTime();
        RangeResponse response = server.list(from, end, 0, 0).join();
        times.recordValue(System.nanoTime() - beginNs);
        long[] revisions = new long[objects];
        take(response, revisions);
        if (response.getMore() || response.getCount() != response.getKvsCount()) {
            differences.add("a list says there is more than it was given: " + response.getCount());
        }
        all.add(new Listed(response.getHeader().getRevision(), revisions));
    }

    /** As a client with limit and continue does: the pages after the first are of the first one's revision. */
    void paged(int limit, Histogram pages, Histogram whole) {
        long beginNs = System.nanoTime();
        long[] revisions = new long[objects];
        ByteString key = from;
        long revision = 0;
        boolean more = true;
        while (more) {
            long pageNs = System.nanoTime();
            RangeResponse response;
            try {
                response = server.list(key, end, limit, revision).join();
            } catch (CompletionException e) {
                if (revision != 0 && Status.fromThrowable(e.getCause()).getCode() == Status.Code.OUT_OF_RANGE) {
                    expiredCount++; // 410 Gone: the client begins anew
                    return;
                }
                throw e;
            }
            pages.recordValue(System.nanoTime() - pageNs);
            if (revision == 0) {
                revision = response.getHeader().getRevision();
            }
            take(response, revisions);
            more = response.getMore();
            if (more && response.getKvsCount() == 0) {
                differences.add("an empty page with more behind it");
                return;
            }
            if (more) {
                ByteString last = response.getKvs(response.getKvsCount() - 1).getKey();
                key = last.concat(ByteString.copyFrom(new byte[1]));
            }
        }
        whole.recordValue(System.nanoTime() - beginNs);
        all.add(new Listed(revision, revisions));
    }

    private void take(RangeResponse response, long[] revisions) {
        for (KeyValue pair : response.getKvsList()) {
            int object = bytes.object(pair.getKey());
            if (object < 0 || bytes.generation(object, pair.getValue()) == ObjectBytes.WRONG) {
                differences.add(
                        "a list holds what nobody wrote: " + pair.getKey().toStringUtf8());
            } else {
                revisions[object] = pair.getModRevision();
            }
        }
    }

    /** Paged lists that were overtaken by a compaction. */
    long expiredCount() {
        return expiredCount;
    }

    /** Sets what lists held against what was written up to their revisions. */
    void verify(WriteLog log) {
        for (Listed listed : all) {
            long[] expected = log.at(listed.revision);
            for (int object = 0; object < objects; object++) {
                if (Resource.of(object) == Resource.PODS && listed.revisions[object] != expected[object]) {
                    differences.add("a list at revision " + listed.revision + " has object " + object + " of revision "
                            + listed.revisions[object] + ", written was " + expected[object]);
                    break;
                }
            }
        }
    }
}
