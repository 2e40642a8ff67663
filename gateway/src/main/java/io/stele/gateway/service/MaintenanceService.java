package io.stele.gateway.service;

import io.stele.gateway.call.Answer;
import io.stele.gateway.call.Method;
import io.stele.gateway.etcdserverpb.MaintenanceGrpc;
import io.stele.gateway.etcdserverpb.StatusRequest;
import io.stele.gateway.etcdserverpb.StatusResponse;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.node.ReplyReader;
import io.stele.transport.MessageSequence;
import io.stele.transport.client.FaceContext;
import io.stele.transport.codec.StatusReplyDecoder;
import java.util.List;
import java.util.function.Supplier;

/** The member's health, and what an operator does about it. */
public final class MaintenanceService {
    private final Supplier<NodeCalls> calls;
    private final FaceContext context;

    public MaintenanceService(Supplier<NodeCalls> calls, FaceContext context) {
        this.calls = calls;
        this.context = context;
    }

    public List<Method<?, ?>> methods() {
        return List.of(Method.of(MaintenanceGrpc.getStatusMethod(), this::status));
    }

    private void status(StatusRequest request, Answer<StatusResponse> answer) {
        NodeCalls node = calls.get();
        node.ask(node.writer().status(), answer, this::status);
    }

    private StatusResponse status(ReplyReader reader, MessageSequence reply) {
        StatusReplyDecoder decoder =
                new StatusReplyDecoder().wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        StatusResponse.Builder response = StatusResponse.newBuilder()
                .setHeader(reader.header(decoder.revision(), decoder.raftTerm()))
                .setVersion(context.serverVersion())
                .setDbSize(decoder.dbLength())
                .setDbSizeInUse(decoder.dbLengthInUse())
                .setDbSizeQuota(decoder.dbQuota())
                .setLeader(decoder.leaderId())
                .setRaftIndex(decoder.raftIndex())
                .setRaftTerm(decoder.raftTerm())
                .setRaftAppliedIndex(decoder.raftAppliedIndex())
                .setIsLearner(decoder.flags().learner());
        decoder.skipServerVersion();
        decoder.skipStorageVersion();
        String errors = decoder.errors();
        if (!errors.isEmpty()) {
            response.addAllErrors(List.of(errors.split("\n", -1)));
        }
        return response.setStorageVersion(minor(context.serverVersion())).build();
    }

    /** 3.7.1 stores as 3.7.0 does. */
    private static String minor(String version) {
        return version.substring(0, version.lastIndexOf('.')) + ".0";
    }
}
