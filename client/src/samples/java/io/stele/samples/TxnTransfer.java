package io.stele.samples;

import static io.stele.transport.codec.CompareResult.EQUAL;

import io.stele.client.Bytes;
import io.stele.client.Compare;
import io.stele.client.KeyValue;
import io.stele.client.Op;
import io.stele.client.SteleClient;
import io.stele.client.TxnResult;
import java.util.concurrent.CompletableFuture;

/**
 * Moves money between two accounts, from several threads at once, without locks: read both, compute, and write both if
 * neither has changed meanwhile; otherwise start again. The sum stays what it was.
 */
public final class TxnTransfer {
    private static final Bytes ALICE = Bytes.of("account/alice");
    private static final Bytes BOB = Bytes.of("account/bob");

    private TxnTransfer() {}

    public static void main(String[] args) {
        String endpoint = args.length > 0 ? args[0] : "127.0.0.1:2379";
        try (SteleClient client = SteleClient.connect(endpoint)) {
            client.kv().put(ALICE, Bytes.of("1000")).join();
            client.kv().put(BOB, Bytes.of("0")).join();
            CompletableFuture<?>[] workers = new CompletableFuture<?>[4];
            for (int i = 0; i < workers.length; i++) {
                workers[i] = CompletableFuture.runAsync(() -> {
                    for (int round = 0; round < 25; round++) {
                        transfer(client, ALICE, BOB, 5);
                    }
                });
            }
            CompletableFuture.allOf(workers).join();
            long alice = balance(read(client, ALICE));
            long bob = balance(read(client, BOB));
            System.out.println("alice " + alice + ", bob " + bob + ", together " + (alice + bob));
        }
    }

    private static void transfer(SteleClient client, Bytes from, Bytes to, long amount) {
        TxnResult result;
        do {
            KeyValue source = read(client, from);
            KeyValue target = read(client, to);
            result = client.kv()
                    .txn()
                    .when(
                            Compare.modRevision(from, EQUAL, source.modRevision()),
                            Compare.modRevision(to, EQUAL, target.modRevision()))
                    .then(
                            Op.put(from, Bytes.of(String.valueOf(balance(source) - amount))),
                            Op.put(to, Bytes.of(String.valueOf(balance(target) + amount))))
                    .commit()
                    .join();
        } while (!result.succeeded());
    }

    private static KeyValue read(SteleClient client, Bytes account) {
        return client.kv().get(account).join().first();
    }

    private static long balance(KeyValue account) {
        return Long.parseLong(account.value().utf8());
    }
}
