package io.stele.samples;

import io.stele.client.Bytes;
import io.stele.client.Op;
import io.stele.client.SteleClient;
import io.stele.client.recipes.LeaseSession;
import io.stele.client.recipes.Mutex;
import java.util.concurrent.CompletionException;

/**
 * Why a lock needs a token. A holder that sleeps for longer than its lease (a collection, a frozen machine) does not
 * know when it wakes that somebody else holds the lock now. So what the lock protects has to look at the token that
 * comes with each write, and refuse a smaller one than it has seen.
 *
 * <pre>
 *   FencedLock [endpoint]             each of two workers takes the lock, sleeps for too long, and writes
 *   FencedLock [endpoint] --unfenced  the same without looking at tokens: the late write does harm
 * </pre>
 */
public final class FencedLock {
    private static final long TTL_SECONDS = 2;

    private FencedLock() {}

    /** Something outside of the store: a disk, a device, another service. It remembers one number. */
    private static final class Resource {
        private final boolean isFenced;
        private long highestToken;
        private String content = "nothing";

        Resource(boolean isFenced) {
            this.isFenced = isFenced;
        }

        synchronized boolean write(long token, String newContent) {
            if (isFenced && token < highestToken) {
                return false;
            }
            highestToken = Math.max(highestToken, token);
            content = newContent;
            return true;
        }

        synchronized String content() {
            return content;
        }
    }

    public static void main(String[] args) {
        String endpoint = args.length > 0 && !args[0].startsWith("--") ? args[0] : "127.0.0.1:2379";
        boolean isFenced = args.length == 0 || !args[args.length - 1].equals("--unfenced");
        try (SteleClient client = SteleClient.connect(endpoint)) {
            Resource resource = new Resource(isFenced);
            String content = run(client, resource);
            System.out.println("the resource holds: " + content);
            System.out.println(content.equals("what the second has written") ? "protected" : "HARMED");
        }
    }

    /** The second worker gets the lock because the first one sleeps; then the first one wakes and writes. */
    private static String run(SteleClient client, Resource resource) {
        LeaseSession sleeper = LeaseSession.open(client, TTL_SECONDS).join();
        Mutex.Held first = new Mutex(sleeper, "fenced").lock().join();
        System.out.println("first holds the lock, token " + first.revision() + ", and falls asleep");
        sleeper.orphan(); // it renews no more, like one whose process stands still

        try (LeaseSession session = LeaseSession.open(client, TTL_SECONDS).join()) {
            Mutex.Held second = new Mutex(session, "fenced").lock().join();
            System.out.println("second holds the lock, token " + second.revision());
            report("second", resource.write(second.revision(), "what the second has written"));

            System.out.println("first wakes, and believes that it holds the lock");
            report("first", resource.write(first.revision(), "what the first has written, too late"));
            reportInStore(client, first);
            second.unlock().join();
        } catch (CompletionException e) {
            System.out.println("gave up: " + e.getCause().getMessage());
        }
        return resource.content();
    }

    /** Where the resource is the store itself, the token is a condition of the write. */
    private static void reportInStore(SteleClient client, Mutex.Held held) {
        boolean done = client.kv()
                .txn()
                .when(held.isStillHeld())
                .then(Op.put(Bytes.of("fenced-resource"), Bytes.of("too late")))
                .commit()
                .join()
                .succeeded();
        report("first, to the store", done);
    }

    private static void report(String who, boolean done) {
        System.out.println(who + (done ? " writes" : " is refused"));
    }
}
