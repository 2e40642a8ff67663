package io.stele.gateway.service;

import io.grpc.Status;
import io.stele.gateway.call.Answer;
import io.stele.gateway.call.Method;
import io.stele.gateway.etcdserverpb.AlarmRequest;
import io.stele.gateway.etcdserverpb.AlarmResponse;
import io.stele.gateway.etcdserverpb.AlarmType;
import io.stele.gateway.etcdserverpb.DefragmentRequest;
import io.stele.gateway.etcdserverpb.DefragmentResponse;
import io.stele.gateway.etcdserverpb.DowngradeRequest;
import io.stele.gateway.etcdserverpb.DowngradeResponse;
import io.stele.gateway.etcdserverpb.HashKVRequest;
import io.stele.gateway.etcdserverpb.HashKVResponse;
import io.stele.gateway.etcdserverpb.HashRequest;
import io.stele.gateway.etcdserverpb.HashResponse;
import io.stele.gateway.etcdserverpb.MaintenanceGrpc;
import io.stele.gateway.etcdserverpb.MoveLeaderRequest;
import io.stele.gateway.etcdserverpb.MoveLeaderResponse;
import io.stele.gateway.etcdserverpb.SnapshotRequest;
import io.stele.gateway.etcdserverpb.SnapshotResponse;
import io.stele.gateway.etcdserverpb.StatusRequest;
import io.stele.gateway.etcdserverpb.StatusResponse;
import io.stele.gateway.node.MaintenanceReader;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.node.StatusReader;
import io.stele.gateway.node.Statuses;
import io.stele.transport.ApiError;
import io.stele.transport.client.FaceContext;
import java.util.List;
import java.util.function.Supplier;

/** The member's health, and what an operator does about it. */
public final class MaintenanceService {
    private final Supplier<NodeCalls> calls;
    private final String version;

    public MaintenanceService(Supplier<NodeCalls> calls, FaceContext context) {
        this.calls = calls;
        version = context.serverVersion();
    }

    public List<Method<?, ?>> methods() {
        return List.of(
                Method.of(MaintenanceGrpc.getStatusMethod(), this::status),
                Method.of(MaintenanceGrpc.getAlarmMethod(), this::alarm),
                Method.of(MaintenanceGrpc.getDefragmentMethod(), this::defragment),
                Method.of(MaintenanceGrpc.getHashMethod(), this::hash),
                Method.of(MaintenanceGrpc.getHashKVMethod(), this::hashKv),
                Method.of(MaintenanceGrpc.getSnapshotMethod(), this::snapshot),
                Method.of(MaintenanceGrpc.getMoveLeaderMethod(), this::moveLeader),
                Method.of(MaintenanceGrpc.getDowngradeMethod(), this::downgrade));
    }

    private void status(StatusRequest request, Answer<StatusResponse> answer) {
        NodeCalls node = calls.get();
        node.ask(node.writer().status(), answer, (reader, reply) -> StatusReader.read(reader, reply, version));
    }

    private void alarm(AlarmRequest request, Answer<AlarmResponse> answer) {
        if (request.getAction() == AlarmRequest.AlarmAction.UNRECOGNIZED
                || request.getAlarm() == AlarmType.UNRECOGNIZED) {
            answer.fail(Statuses.of(ApiError.UNIMPLEMENTED));
            return;
        }
        NodeCalls node = calls.get();
        node.ask(
                node.writer().alarm(request.getActionValue(), request.getMemberID(), request.getAlarmValue()),
                answer,
                MaintenanceReader::alarms);
    }

    /** Space is given back while the node serves: there is nothing to wait for. Has no header, as etcd's has none. */
    private void defragment(DefragmentRequest request, Answer<DefragmentResponse> answer) {
        answer.reply(DefragmentResponse.getDefaultInstance());
    }

    /** Over all versions that are kept, as of now: equal wherever the state is, whatever its pages look like. */
    private void hash(HashRequest request, Answer<HashResponse> answer) {
        NodeCalls node = calls.get();
        node.ask(node.writer().hashKv(0), answer, MaintenanceReader::hash);
    }

    private void hashKv(HashKVRequest request, Answer<HashKVResponse> answer) {
        NodeCalls node = calls.get();
        node.ask(node.writer().hashKv(request.getRevision()), answer, MaintenanceReader::hashKv);
    }

    private void snapshot(SnapshotRequest request, Answer<SnapshotResponse> answer) {
        new SnapshotCall(calls.get(), answer, StatusReader.minor(version)).start();
    }

    private void moveLeader(MoveLeaderRequest request, Answer<MoveLeaderResponse> answer) {
        NodeCalls node = calls.get();
        node.ask(
                node.writer().moveLeader(request.getTargetID()),
                answer,
                (reader, reply) -> MoveLeaderResponse.getDefaultInstance());
    }

    /** Announced, and told by Status; the data's layout is of one version, and nothing else changes. */
    private void downgrade(DowngradeRequest request, Answer<DowngradeResponse> answer) {
        if (request.getAction() == DowngradeRequest.DowngradeAction.UNRECOGNIZED) {
            answer.fail(Status.UNKNOWN.withDescription("etcdserver: unknown method"));
            return;
        }
        NodeCalls node = calls.get();
        node.ask(
                node.writer().downgrade(request.getActionValue(), request.getVersion()),
                answer,
                MaintenanceReader::downgrade);
    }
}
