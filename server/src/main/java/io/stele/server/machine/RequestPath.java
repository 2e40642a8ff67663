package io.stele.server.machine;

import io.stele.transport.MessageSequence;
import io.stele.transport.RequestFrame;
import io.stele.transport.codec.AlarmRequestDecoder;
import io.stele.transport.codec.AuthReadRequestDecoder;
import io.stele.transport.codec.DowngradeRequestDecoder;
import io.stele.transport.codec.LeaseLeasesRequestDecoder;
import io.stele.transport.codec.LeaseTimeToLiveRequestDecoder;
import io.stele.transport.codec.RangeRequestDecoder;
import io.stele.transport.codec.TxnRequestDecoder;
import org.agrona.DirectBuffer;

/** Which way a request of the key space goes. */
public enum RequestPath {
    /** Through the log, then {@link StateMachine#apply}. */
    PROPOSE,
    /** {@link StateMachine#read}, once everything committed before the request has been applied. */
    READ_LINEARIZABLE,
    /** {@link StateMachine#read}, at once. */
    READ_LOCAL;

    /** Finds the way of requests. Reusable; allocates nothing. */
    public static final class Finder {
        private final MessageSequence sequence = new MessageSequence();
        private final RangeRequestDecoder range = new RangeRequestDecoder();
        private final TxnRequestDecoder txn = new TxnRequestDecoder();

        public RequestPath find(DirectBuffer request, int offset, int length) {
            switch (RequestFrame.templateId(request, offset)) {
                case RangeRequestDecoder.TEMPLATE_ID, TxnRequestDecoder.TEMPLATE_ID -> {
                    sequence.wrap(request, offset, length);
                    sequence.next();
                    return sequence.templateId() == TxnRequestDecoder.TEMPLATE_ID ? findTxn() : findRange();
                }
                case LeaseTimeToLiveRequestDecoder.TEMPLATE_ID, AuthReadRequestDecoder.TEMPLATE_ID -> {
                    return READ_LINEARIZABLE;
                }
                case LeaseLeasesRequestDecoder.TEMPLATE_ID -> {
                    return READ_LOCAL;
                }
                case AlarmRequestDecoder.TEMPLATE_ID, DowngradeRequestDecoder.TEMPLATE_ID -> {
                    sequence.wrap(request, offset, length);
                    sequence.next();
                    return SystemOperations.isQuestion(sequence) ? READ_LINEARIZABLE : PROPOSE;
                }
                default -> {
                    return PROPOSE;
                }
            }
        }

        private RequestPath findRange() {
            range.wrap(sequence.buffer(), sequence.bodyOffset(), sequence.blockLength(), sequence.version());
            return range.flags().serializable() ? READ_LOCAL : READ_LINEARIZABLE;
        }

        /** Only ranges, in both branches: not proposed. Without any operation it is local: no range asks for more. */
        private RequestPath findTxn() {
            txn.wrap(sequence.buffer(), sequence.bodyOffset(), sequence.blockLength(), sequence.version());
            long compares = txn.compareCount();
            long operations = txn.successCount() + txn.failureCount();
            for (long i = 0; i < compares; i++) {
                sequence.next();
            }
            RequestPath path = READ_LOCAL;
            for (long i = 0; i < operations; i++) {
                sequence.next();
                if (sequence.templateId() != RangeRequestDecoder.TEMPLATE_ID) {
                    return PROPOSE;
                }
                if (findRange() == READ_LINEARIZABLE) {
                    path = READ_LINEARIZABLE;
                }
            }
            return path;
        }
    }
}
