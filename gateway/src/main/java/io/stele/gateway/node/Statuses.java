package io.stele.gateway.node;

import io.grpc.Status;
import io.stele.transport.ApiError;

/** Failures as gRPC says them. */
public final class Statuses {
    private Statuses() {}

    public static Status of(ApiError error) {
        return Status.fromCodeValue(error.code().value()).withDescription(error.text());
    }
}
