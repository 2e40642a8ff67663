package io.stele.gateway.service;

import io.grpc.Status;
import io.stele.gateway.call.Answer;
import io.stele.gateway.call.Method;
import io.stele.gateway.health.HealthCheckRequest;
import io.stele.gateway.health.HealthCheckResponse;
import io.stele.gateway.health.HealthGrpc;
import java.util.List;

/** gRPC's own health service: whoever answers serves. */
public final class HealthService {
    private static final HealthCheckResponse SERVING = HealthCheckResponse.newBuilder()
            .setStatus(HealthCheckResponse.ServingStatus.SERVING)
            .build();

    public List<Method<?, ?>> methods() {
        return List.of(
                Method.of(HealthGrpc.getCheckMethod(), this::check),
                Method.of(HealthGrpc.getWatchMethod(), this::watch));
    }

    private void check(HealthCheckRequest request, Answer<HealthCheckResponse> answer) {
        if (request.getService().isEmpty()) {
            answer.reply(SERVING);
        } else {
            answer.fail(Status.NOT_FOUND.withDescription("unknown service"));
        }
    }

    /** Tells how it is, and would tell when that changes. */
    private void watch(HealthCheckRequest request, Answer<HealthCheckResponse> answer) {
        answer.send(
                request.getService().isEmpty()
                        ? SERVING
                        : HealthCheckResponse.newBuilder()
                                .setStatus(HealthCheckResponse.ServingStatus.SERVICE_UNKNOWN)
                                .build());
    }
}
