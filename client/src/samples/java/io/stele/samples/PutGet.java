package io.stele.samples;

import io.stele.client.Bytes;
import io.stele.client.GetOptions;
import io.stele.client.GetResult;
import io.stele.client.KeyValue;
import io.stele.client.PutResult;
import io.stele.client.SteleClient;

/** The first steps: put, get, list a prefix, read the past. Takes the endpoint, 127.0.0.1:2379 if none is given. */
public final class PutGet {
    private PutGet() {}

    public static void main(String[] args) {
        String endpoint = args.length > 0 ? args[0] : "127.0.0.1:2379";
        try (SteleClient client = SteleClient.connect(endpoint)) {
            PutResult first = client.kv().put("greeting/en", "hello").join();
            client.kv().put("greeting/en", "good morning").join();
            client.kv().put("greeting/fr", "bonjour").join();

            KeyValue now = client.kv().get("greeting/en").join().first();
            System.out.println(now.key() + " = " + now.value() + ", changed " + now.version() + " times");

            Bytes key = Bytes.of("greeting/en");
            GetOptions then = GetOptions.DEFAULT.withRevision(first.header().revision());
            GetResult past = client.kv().get(key, then).join();
            System.out.println("it was " + past.first().value() + " at revision "
                    + first.header().revision());

            GetResult all = client.kv()
                    .get(Bytes.of("greeting/"), GetOptions.DEFAULT.withPrefix())
                    .join();
            for (KeyValue pair : all.pairs()) {
                System.out.println(pair.key() + " = " + pair.value());
            }
        }
    }
}
