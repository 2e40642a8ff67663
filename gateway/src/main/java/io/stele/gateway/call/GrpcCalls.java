package io.stele.gateway.call;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import org.agrona.CloseHelper;

/** One method's calls by gRPC. */
final class GrpcCalls<Q, R> implements ServerCallHandler<Q, R> {
    /** In the words of etcd's gRPC. */
    private static final Status UNREADABLE = Status.INTERNAL.withDescription(
            "grpc: error unmarshalling request: proto: cannot parse invalid wire-format data");

    private final Method<Q, R> method;
    private final CallCounts counts;

    GrpcCalls(Method<Q, R> method, CallCounts counts) {
        this.method = method;
        this.counts = counts;
    }

    @Override
    public ServerCall.Listener<Q> startCall(ServerCall<Q, R> call, Metadata headers) {
        GrpcAnswer<Q, R> answer = new GrpcAnswer<>(call, headers, counts);
        counts.onStarted();
        answer.requests = method.opener().apply(answer);
        // One more than there may be where there may be one: the end comes only when it was asked for.
        call.request(method.descriptor().getType().clientSendsOneMessage() ? 2 : 1);
        return answer;
    }

    private static final class GrpcAnswer<Q, R> extends ServerCall.Listener<Q> implements Answer<R> {
        private final ServerCall<Q, R> call;
        private final Metadata headers;
        private final CallCounts counts;
        private Requests<Q> requests;
        private boolean isOver;
        private boolean hasHeaders;
        private Runnable onReady;
        private Runnable onCancel;

        GrpcAnswer(ServerCall<Q, R> call, Metadata headers, CallCounts counts) {
            this.call = call;
            this.headers = headers;
            this.counts = counts;
        }

        @Override
        public void onMessage(Q request) {
            if (request == null) {
                fail(UNREADABLE);
                return;
            }
            counts.onReceived();
            requests.onRequest(request);
            if (!call.getMethodDescriptor().getType().clientSendsOneMessage()) {
                call.request(1);
            }
        }

        @Override
        public void onHalfClose() {
            requests.onEnd();
        }

        @Override
        public void onCancel() {
            if (!isOver) {
                isOver = true;
                counts.onHandled(Status.Code.CANCELLED);
                if (onCancel != null) {
                    onCancel.run();
                }
            }
        }

        @Override
        public void onReady() {
            if (onReady != null && !isOver) {
                onReady.run();
            }
        }

        @Override
        public void send(R message) {
            if (isOver) {
                release(message);
                return;
            }
            if (!hasHeaders) {
                hasHeaders = true;
                call.sendHeaders(new Metadata());
            }
            counts.onSent();
            call.sendMessage(message);
        }

        private static void release(Object message) {
            if (message instanceof AutoCloseable resource) {
                CloseHelper.close(resource);
            }
        }

        @Override
        public void end() {
            if (!isOver) {
                isOver = true;
                counts.onHandled(Status.Code.OK);
                call.close(Status.OK, new Metadata());
            }
        }

        @Override
        public void fail(Status status) {
            if (!isOver) {
                isOver = true;
                counts.onHandled(status.getCode());
                call.close(status, new Metadata());
            }
        }

        @Override
        public boolean isOver() {
            return isOver;
        }

        @Override
        public boolean isReady() {
            return call.isReady();
        }

        @Override
        public void onReady(Runnable task) {
            onReady = task;
        }

        @Override
        public void onCancel(Runnable task) {
            onCancel = task;
        }

        @Override
        public String metadata(String name) {
            return headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        }
    }
}
