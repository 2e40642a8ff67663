package io.stele.client.recipes;

import io.stele.client.Bytes;
import io.stele.client.ClientView;
import io.stele.client.Compare;
import io.stele.client.KeyValue;
import io.stele.client.Op;
import io.stele.client.PutOptions;
import io.stele.transport.codec.CompareResult;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Who leads: of all sessions that campaign, the one that has for longest. What a leader says is its key's value. */
public final class Election {
    private final ClientView client;
    private final Queueing queue;

    public Election(ClientView client, String name) {
        this(client, Bytes.of(name));
    }

    public Election(ClientView client, Bytes name) {
        this.client = client;
        queue = new Queueing(client, name.plus("/"));
    }

    /** Leadership, as long as the session lives and it is not resigned. */
    public final class Leadership {
        private final LeaseSession session;
        private final Queueing.Place place;

        private Leadership(LeaseSession session, Queueing.Place place) {
            this.session = session;
            this.place = place;
        }

        public Bytes key() {
            return place.key();
        }

        /** Fencing token: greater than that of every leader before. */
        public long revision() {
            return place.revision();
        }

        /** Holds in a transaction as long as this one leads. */
        public Compare isStillLeading() {
            return Compare.createRevision(place.key(), CompareResult.EQUAL, place.revision());
        }

        /** Says something else. Fails with {@link RecipeException.Reason#NOT_LEADER} if it leads no more. */
        public CompletableFuture<Void> proclaim(Bytes value) {
            return client.kv()
                    .txn()
                    .when(isStillLeading())
                    .then(Op.put(place.key(), value, PutOptions.DEFAULT.withLease(session.leaseId())))
                    .commit()
                    .thenAccept(result -> {
                        if (!result.succeeded()) {
                            throw new RecipeException(RecipeException.Reason.NOT_LEADER);
                        }
                    });
        }

        /** Leads no more; no harm if it did not. */
        public CompletableFuture<Void> resign() {
            return client.kv()
                    .txn()
                    .when(isStillLeading())
                    .then(Op.delete(place.key()))
                    .commit()
                    .thenAccept(result -> {});
        }
    }

    /** Waits until the session leads. A session that campaigns already says something else from now on. */
    public CompletableFuture<Leadership> campaign(LeaseSession session, Bytes value) {
        return queue.enter(session, queue.keyOf(session), value).thenCompose(place -> {
            Leadership leadership = new Leadership(session, place);
            boolean saysOtherwise =
                    place.before() != null && !place.before().value().equals(value);
            CompletableFuture<Void> said =
                    saysOtherwise ? leadership.proclaim(value) : CompletableFuture.completedFuture(null);
            return said.thenCompose(proclaimed -> queue.awaitTurn(place)).thenApply(turn -> leadership);
        });
    }

    /** Who leads: key and value. Fails with {@link RecipeException.Reason#NO_LEADER} if nobody does. */
    public CompletableFuture<KeyValue> leader() {
        return queue.first().thenApply(first -> {
            if (first == null) {
                throw new RecipeException(RecipeException.Reason.NO_LEADER);
            }
            return first;
        });
    }

    /** Hears of who leads, from now on until it is closed: each leader and all that it proclaims, in order. */
    public Observation observe(Consumer<KeyValue> listener) {
        return new Observation(client, queue.prefix(), listener);
    }
}
