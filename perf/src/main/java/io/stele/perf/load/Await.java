package io.stele.perf.load;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A completion that one thread waits for: for what is done before and after a run. */
public final class Await implements Completion {
    private final CompletableFuture<Long> keyCount = new CompletableFuture<>();
    private Object attachment;

    @Override
    public void onSuccess(long replyKeyCount, long bytes) {
        keyCount.complete(replyKeyCount);
    }

    @Override
    public void onFailure(String reason) {
        keyCount.completeExceptionally(new BenchException(reason));
    }

    @Override
    public Object attachment() {
        return attachment;
    }

    @Override
    public void attach(Object newAttachment) {
        attachment = newAttachment;
    }

    /** The reply's key count. */
    public long keyCount(long timeoutMs) {
        try {
            return keyCount.get(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new BenchException("no reply within " + timeoutMs + " ms", e);
        } catch (ExecutionException e) {
            throw new BenchException(e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }
}
