package io.stele.gateway.call;

import io.grpc.MethodDescriptor;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * One method of the API and what does it.
 *
 * @param descriptor its name and how its messages are written
 * @param opener begins one call
 */
public record Method<Q, R>(MethodDescriptor<Q, R> descriptor, Function<Answer<R>, Requests<Q>> opener) {

    /** One request. */
    public static <Q, R> Method<Q, R> of(MethodDescriptor<Q, R> descriptor, BiConsumer<Q, Answer<R>> handler) {
        return new Method<>(descriptor, answer -> new OneRequest<>(answer, handler));
    }

    /** Any number of requests. */
    public static <Q, R> Method<Q, R> streaming(
            MethodDescriptor<Q, R> descriptor, Function<Answer<R>, Requests<Q>> opener) {
        return new Method<>(descriptor, opener);
    }

    private static final class OneRequest<Q, R> implements Requests<Q> {
        private final Answer<R> answer;
        private final BiConsumer<Q, Answer<R>> handler;
        private Q request;

        OneRequest(Answer<R> answer, BiConsumer<Q, Answer<R>> handler) {
            this.answer = answer;
            this.handler = handler;
        }

        @Override
        public void onRequest(Q value) {
            if (request != null) {
                answer.fail(io.grpc.Status.INTERNAL.withDescription("more than one request"));
            }
            request = value;
        }

        @Override
        public void onEnd() {
            if (answer.isOver()) {
                return;
            }
            if (request == null) {
                answer.fail(io.grpc.Status.INTERNAL.withDescription("no request"));
                return;
            }
            handler.accept(request, answer);
        }
    }
}
