package io.stele.server.node;

import io.stele.consensus.membership.Membership;
import io.stele.index.KeyIndex;
import io.stele.server.machine.MachineLimits;
import io.stele.server.machine.MemberTable;
import io.stele.server.machine.StateMachine;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.StorageException;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.PageStoreContext;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Puts the state of a snapshot in the place of the node's own.
 *
 * <p>The order makes a crash harmless: the new file is durable, with a mark that says which entry it was installed at,
 * before it is renamed over the old one, atomically; the log starts over after that. A start that finds the mark and a
 * log from before it lets the log start over ({@link #logStartsOver}).
 */
final class StateExchange {
    private static final String PREFIX = "incoming";

    private final FileStore files;
    private final FileStore bareFiles;
    private final UnaryOperator<PageStoreContext> pages;
    private final Supplier<KeyIndex> indices;
    private final MachineLimits limits;
    private long openedCount;
    private String openedName;
    private String pendingName;
    private String placeholderName;

    /** @param bareFiles the same, without the ballast: it is not there for states that are on their way */
    StateExchange(
            FileStore files,
            FileStore bareFiles,
            UnaryOperator<PageStoreContext> pages,
            Supplier<KeyIndex> indices,
            MachineLimits limits) {
        this.files = files;
        this.bareFiles = bareFiles;
        this.pages = pages;
        this.indices = indices;
        this.limits = limits;
    }

    /** Removes what earlier lives have received and not installed. */
    static void clean(FileStore files) {
        for (String name : files.list()) {
            if (name.startsWith(PREFIX)) {
                files.delete(name);
            }
        }
    }

    PageStore openPages() {
        return PageStore.open(files, pages.apply(new PageStoreContext()));
    }

    StateMachine newMachine(PageStore store, KeyIndex index) {
        return new StateMachine(store, index, limits);
    }

    KeyIndex newIndex() {
        return indices.get();
    }

    /** An empty store for a member whose own cannot be opened, until another state comes. */
    PageStore openPlaceholder() {
        placeholderName = PREFIX + openedCount;
        return PageStore.open(files, pages.apply(new PageStoreContext()).fileName(placeholderName));
    }

    long freeBytes() {
        return bareFiles.freeBytes();
    }

    /** Fails without leaving anything behind where there is no space. */
    PageStore openIncoming() {
        openedName = PREFIX + ++openedCount;
        try {
            return PageStore.open(bareFiles, pages.apply(new PageStoreContext()).fileName(openedName));
        } catch (StorageException e) {
            for (String name : bareFiles.list()) {
                if (name.startsWith(openedName)) {
                    bareFiles.delete(name);
                }
            }
            throw e;
        }
    }

    /** For the checkpoint agent, which may be at work on it. */
    Runnable discarding(PageStore incoming) {
        String name = openedName;
        return () -> {
            incoming.close();
            files.delete(name);
        };
    }

    /**
     * Tells the core of a complete snapshot; false if it is of no use any more, and is deleted. The core then asks for
     * {@link #exchange}; but a member that has lost nothing but its state keeps its log, and is done with this.
     */
    boolean offer(NodeState node, PageStore incoming, long logIndex, long logTerm) {
        Membership membership = MemberTable.in(incoming).membership();
        incoming.close();
        pendingName = openedName;
        if (node.raft.installSnapshot(logIndex, logTerm, membership)) {
            return true;
        }
        if (node.soundness.isLost() && node.raft.replaceState(logIndex, logTerm, membership)) {
            exchangeState(node);
            return true;
        }
        files.delete(openedName);
        return false;
    }

    /** Carries out what the core made of {@link #offer}: the space agent holds still, no checkpoint is under way. */
    void exchange(NodeState node, long logIndex, long logTerm) {
        exchangeState(node);
        node.wal.reset(logIndex, logTerm);
    }

    private void exchangeState(NodeState node) {
        node.store.close();
        node.index.close();
        files.rename(pendingName, new PageStoreContext().fileName());
        pendingName = null;
        if (placeholderName != null) {
            files.delete(placeholderName);
            placeholderName = null;
        }
        node.store = openPages();
        node.index = newIndex();
        node.machine = newMachine(node.store, node.index);
        node.spaceAgent.exchange(node.store);
        node.digests.clear();
        node.noteDigest();
        node.stateReplaced.run();
        node.soundness.regain(node.machine.appliedIndex());
    }

    /** Whether a crash has come between the exchange of the state and that of the log. */
    static boolean logStartsOver(StateMachine machine, long logLastIndex, long logTermThere) {
        return machine.appliedIndex() > 0
                && machine.installedIndex() == machine.appliedIndex()
                && (logLastIndex < machine.appliedIndex() || logTermThere != machine.appliedTerm());
    }
}
