package io.stele.perf.target;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stele.perf.SmallNode;
import io.stele.perf.load.Completion;
import io.stele.perf.load.Session;
import io.stele.perf.load.Target;
import io.stele.server.Server;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SteleTargetTest {
    private static final int COUNT = 3000;
    private static final int LENGTH = 10_000;

    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final CountDownLatch open = new CountDownLatch(COUNT);

    /** Each put starts the next one of its chain, on the network thread. */
    private final class Chain implements Completion {
        private final Session session;
        private final byte[] key;
        private int left;
        private Object attachment;

        Chain(Session session, int number, int length) {
            this.session = session;
            key = ("chain" + number).getBytes(StandardCharsets.US_ASCII);
            left = length;
        }

        void next() {
            if (left-- > 0) {
                session.put(key, new byte[LENGTH], 0, LENGTH, this);
            }
        }

        @Override
        public void onSuccess(long keyCount, long bytes) {
            open.countDown();
            next();
        }

        @Override
        public void onFailure(String reason) {
            failures.add(reason);
            open.countDown();
            next();
        }

        @Override
        public Object attachment() {
            return attachment;
        }

        @Override
        public void attach(Object value) {
            attachment = value;
        }
    }

    @Test
    void shouldBeSlowAndNotRefusedWhenTheLoadIsMoreThanAConnectionTakes(@TempDir Path directory)
            throws InterruptedException {
        try (Server server = Server.launch(SmallNode.config(directory), (agent, cause) -> {})) {
            String endpoint = server.clientUrls().get(0).toString().replace("http://", "");
            try (Target target = Targets.open("stele", List.of(endpoint), 1, 1);
                    Session session = target.connect()) {
                for (int i = 0; i < COUNT / 3; i++) {
                    new Chain(session, i, 3).next();
                }
                open.await();
                assertEquals(List.of(), List.copyOf(failures));
            }
        }
    }
}
