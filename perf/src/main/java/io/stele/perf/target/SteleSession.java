package io.stele.perf.target;

import io.stele.client.RawClient;
import io.stele.perf.load.Completion;
import io.stele.perf.load.Session;
import io.stele.transport.SendResult;

/** One connection to Stele. The client's own connections end with it, not here. */
final class SteleSession implements Session {
    /** Longer puts are written here and copied, shorter ones straight into the client's buffer. */
    private static final int RAW_PUT_LENGTH_MAX = 4096;

    private final RawClient client;
    private final ThreadLocal<SteleRequests> requestsOfThread;
    private final SteleBacklog backlog;

    SteleSession(RawClient client, ThreadLocal<SteleRequests> requestsOfThread, SteleBacklog backlog) {
        this.client = client;
        this.requestsOfThread = requestsOfThread;
        this.backlog = backlog;
    }

    @Override
    public void put(byte[] key, byte[] values, int offset, int length, Completion completion) {
        SteleRequests requests = requestsOfThread.get();
        if (key.length + length > RAW_PUT_LENGTH_MAX) {
            send(requests, requests.put(key, values, offset, length), reply(completion, length, false), completion);
            return;
        }
        int result = client.put(
                requests.keyView(key),
                0,
                key.length,
                requests.valueView(values),
                offset,
                length,
                reply(completion, length, false),
                0);
        if (result == SendResult.BACK_PRESSURED) {
            wait(requests, requests.put(key, values, offset, length), completion);
        } else {
            check(result, completion);
        }
    }

    @Override
    public void get(byte[] key, boolean serializable, Completion completion) {
        SteleRequests requests = requestsOfThread.get();
        send(requests, requests.get(key, serializable), reply(completion, 0, false), completion);
    }

    @Override
    public void txn(byte[] key, byte[] values, int offset, int length, Completion completion) {
        SteleRequests requests = requestsOfThread.get();
        send(requests, requests.txn(key, values, offset, length), reply(completion, length, false), completion);
    }

    @Override
    public void delete(byte[] key, Completion completion) {
        SteleRequests requests = requestsOfThread.get();
        send(requests, requests.delete(key), reply(completion, 0, false), completion);
    }

    @Override
    public void list(byte[] from, byte[] to, long limit, boolean serializable, Completion completion) {
        SteleRequests requests = requestsOfThread.get();
        int length = requests.range(from, to, limit, serializable, false);
        send(requests, length, reply(completion, 0, false), completion);
    }

    @Override
    public void count(byte[] from, byte[] to, Completion completion) {
        SteleRequests requests = requestsOfThread.get();
        send(requests, requests.range(from, to, 0, false, true), reply(completion, 0, true), completion);
    }

    private static SteleReply reply(Completion completion, int valueLength, boolean countOnly) {
        if (!(completion.attachment() instanceof SteleReply)) {
            completion.attach(new SteleReply(completion));
        }
        return ((SteleReply) completion.attachment()).expect(valueLength, countOnly);
    }

    private void send(SteleRequests requests, int length, SteleReply reply, Completion completion) {
        int result = client.send(requests.buffer(), 0, length, reply, 0);
        if (result == SendResult.BACK_PRESSURED) {
            wait(requests, length, completion);
        } else {
            check(result, completion);
        }
    }

    private void wait(SteleRequests requests, int length, Completion completion) {
        backlog.add(client, requests.buffer(), length, (SteleReply) completion.attachment(), completion);
    }

    private static void check(int result, Completion completion) {
        if (result != SendResult.QUEUED) {
            completion.onFailure("not connected");
        }
    }

    @Override
    public void close() {
        // the target closes the client
    }
}
