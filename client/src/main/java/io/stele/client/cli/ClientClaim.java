package io.stele.client.cli;

import io.stele.client.recipes.LeaseSession;
import io.stele.client.recipes.RecipeException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/*
 * A claim over the Java client: its session is its own, and ends with it, so that nothing of it stays behind.
 */
final class ClientClaim implements Claim {
    private final LeaseSession session;
    private final CompletableFuture<Void> turn;
    private final Supplier<Reply.Range> key;

    /** The turn, when it comes, is that of the session; the supplier then reads its key. */
    ClientClaim(LeaseSession session, CompletableFuture<Void> turn, Supplier<Reply.Range> key) {
        this.session = session;
        this.turn = turn;
        this.key = key;
    }

    @Override
    public Reply.Range await() {
        try {
            turn.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RecipeException cause) {
                throw new CliException(CliException.ERROR, cause.getMessage());
            }
            throw new CliException(
                    CliException.ERROR, Octets.utf8(String.valueOf(e.getCause().getMessage())));
        }
        Reply.Range found = key.get();
        if (found.pairs().isEmpty()) {
            throw new CliException(CliException.ERROR, "lock lost on init");
        }
        return found;
    }

    @Override
    public CompletableFuture<String> lost() {
        return session.lost();
    }

    @Override
    public void release() {
        try {
            session.revoke().join();
        } catch (CompletionException e) {
            // It ends by itself.
        }
    }
}
