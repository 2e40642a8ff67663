package io.stele.simulator.workload;

import io.stele.transport.RequestFrame;
import io.stele.transport.codec.CloseSessionRequestDecoder;
import io.stele.transport.codec.CompactRequestDecoder;
import io.stele.transport.codec.DeleteRangeRequestDecoder;
import io.stele.transport.codec.LeaseGrantRequestDecoder;
import io.stele.transport.codec.LeaseRevokeRequestDecoder;
import io.stele.transport.codec.OpenSessionRequestDecoder;
import io.stele.transport.codec.PutRequestDecoder;
import io.stele.transport.codec.TxnRequestDecoder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** One request and what became of it. Correlation ids are unique in a run, over all clients and lives. */
public final class Call {
    /** How far a call is known to have come. */
    public enum Outcome {
        WAITING,
        ANSWERED,
        /** The connection or the node ended first: it has happened wholly or not at all. */
        UNKNOWN
    }

    public final long correlationId;
    public final byte[] request;
    public final int templateId;

    /** For people. */
    public final String text;

    /** Last log index that was applied when the call was made; -1 before it was. */
    public long invokedAtIndex = -1;

    /** The newest revision then. */
    public long invokedAtRevision;

    /** Whether the instant of the answer is not known, because it had to wait for its turn on the connection. */
    public boolean isLate;

    /** In a cluster: what the member asked had applied when it was asked, and when it began to answer. */
    public long memberAppliedThen;

    public long answeredAtIndex = -1;

    /** In a cluster: when it was made and when its answer had come, in true time. */
    public long invokedNs;

    public long returnedNs;

    /** Whether a healthy cluster was asked, which has to carry it out. */
    public boolean mustSucceed;

    /** Whether it is about a key of one client, who judges by himself what comes of it. */
    public boolean isOfOwnKey;

    public boolean wasRefused;

    /** Whether the answer said that it has no effect and never will. */
    public boolean hasNoEffect;

    /** Log index of the entry that the call became; 0 while there is none. */
    public long logIndex;

    public Outcome outcome = Outcome.WAITING;

    /** Frames of the answer so far. */
    public final List<byte[]> frames = new ArrayList<>();

    /** What the answer must be; set when the node gave the first part of it. */
    public Object expected;

    public Call(long correlationId, byte[] request, String text) {
        this.correlationId = correlationId;
        this.request = request;
        this.text = text;
        templateId = RequestFrame.templateId(new UnsafeBuffer(request), 0);
    }

    /** Whether it may become a log entry. A transaction that only reads may not, but nothing depends on that here. */
    public boolean mayWrite() {
        return switch (templateId) {
            case PutRequestDecoder.TEMPLATE_ID,
                    DeleteRangeRequestDecoder.TEMPLATE_ID,
                    TxnRequestDecoder.TEMPLATE_ID,
                    CompactRequestDecoder.TEMPLATE_ID,
                    LeaseGrantRequestDecoder.TEMPLATE_ID,
                    LeaseRevokeRequestDecoder.TEMPLATE_ID,
                    OpenSessionRequestDecoder.TEMPLATE_ID,
                    CloseSessionRequestDecoder.TEMPLATE_ID -> true;
            default -> false;
        };
    }

    @Override
    public String toString() {
        return "#" + correlationId + " " + text;
    }
}
