package io.stele.gateway.service;

import io.stele.gateway.call.Answer;
import io.stele.gateway.call.Method;
import io.stele.gateway.etcdserverpb.CompactionRequest;
import io.stele.gateway.etcdserverpb.CompactionResponse;
import io.stele.gateway.etcdserverpb.DeleteRangeRequest;
import io.stele.gateway.etcdserverpb.DeleteRangeResponse;
import io.stele.gateway.etcdserverpb.KVGrpc;
import io.stele.gateway.etcdserverpb.PutRequest;
import io.stele.gateway.etcdserverpb.PutResponse;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.etcdserverpb.TxnRequest;
import io.stele.gateway.etcdserverpb.TxnResponse;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.node.ReplyReader;
import io.stele.gateway.node.RequestWriter;
import io.stele.gateway.node.Statuses;
import io.stele.gateway.wire.WireMarshaller;
import io.stele.gateway.wire.WireMessage;
import io.stele.transport.ApiError;
import java.util.List;
import java.util.function.Supplier;

/** The key space. */
public final class KvService {
    private final Supplier<NodeCalls> calls;

    public KvService(Supplier<NodeCalls> calls) {
        this.calls = calls;
    }

    public List<Method<?, ?>> methods() {
        return List.of(
                Method.of(WireMarshaller.of(KVGrpc.getRangeMethod()), this::range),
                Method.of(WireMarshaller.of(KVGrpc.getRangeStreamMethod()), this::rangeStream),
                Method.of(KVGrpc.getPutMethod(), this::put),
                Method.of(KVGrpc.getDeleteRangeMethod(), this::deleteRange),
                Method.of(KVGrpc.getTxnMethod(), this::txn),
                Method.of(KVGrpc.getCompactMethod(), this::compact));
    }

    private void range(RangeRequest request, Answer<WireMessage> answer) {
        new RangeCall(calls.get(), answer).start(request);
    }

    private void rangeStream(RangeRequest request, Answer<WireMessage> answer) {
        new RangeStreamCall(calls.get(), answer).start(request);
    }

    private void put(PutRequest request, Answer<PutResponse> answer) {
        NodeCalls node = calls.get();
        node.ask(node.writer().put(request), answer, ReplyReader::put);
    }

    private void deleteRange(DeleteRangeRequest request, Answer<DeleteRangeResponse> answer) {
        NodeCalls node = calls.get();
        node.ask(node.writer().deleteRange(request), answer, ReplyReader::deleteRange);
    }

    private void txn(TxnRequest request, Answer<TxnResponse> answer) {
        NodeCalls node = calls.get();
        RequestWriter written = node.writer().txn(request);
        if (written == null) {
            answer.fail(Statuses.of(ApiError.TOO_MANY_OPERATIONS));
            return;
        }
        node.ask(written, answer, ReplyReader::txn);
    }

    private void compact(CompactionRequest request, Answer<CompactionResponse> answer) {
        NodeCalls node = calls.get();
        node.ask(node.writer().compact(request), answer, ReplyReader::compact);
    }
}
