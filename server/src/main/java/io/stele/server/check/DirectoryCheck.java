package io.stele.server.check;

import io.stele.index.ChronicleKeyIndex;
import io.stele.index.IndexContext;
import io.stele.index.KeyIndex;
import io.stele.server.machine.MachineLimits;
import io.stele.server.machine.StateCheck;
import io.stele.server.machine.StateMachine;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.StorageException;
import io.stele.storage.page.PageCheck;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.PageStoreContext;
import io.stele.storage.wal.Superblock;
import io.stele.storage.wal.WalCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Checks a data directory at rest, from the bytes up: superblock copies, every log record, every page, then what the
 * pages mean, and that the log goes on where the pages end. Changes nothing.
 */
public final class DirectoryCheck {
    private static final int INDEX_STEP = 100_000;

    private final FileStore files;
    private final Consumer<String> progress;
    private final List<String> problems = new ArrayList<>();
    private long walFirst;
    private long walLast;

    /** @param progress told what was found sound, one line each */
    public DirectoryCheck(FileStore files, Consumer<String> progress) {
        this.files = files;
        this.progress = progress;
    }

    /** Returns what is wrong, one line each; nothing if all is well. */
    public List<String> run() {
        part("superblock", this::checkSuperblock);
        part("log", this::checkLog);
        boolean pagesAreSound = part("pages", this::checkPages);
        if (pagesAreSound) {
            part("state", this::checkState);
        }
        return problems;
    }

    private boolean part(String name, Runnable check) {
        int before = problems.size();
        try {
            check.run();
        } catch (StorageException e) {
            problems.add(name + ": " + e.getMessage());
        }
        return problems.size() == before;
    }

    private void checkSuperblock() {
        if (!Superblock.exists(files)) {
            problems.add("superblock: there is none; this is not a data directory, or it was emptied");
            return;
        }
        int valid = Superblock.validCopies(files);
        if (valid < Superblock.copyCount()) {
            problems.add("superblock: only " + valid + " of " + Superblock.copyCount() + " copies are valid and agree");
            return;
        }
        progress.accept("superblock: " + valid + " copies agree");
    }

    private void checkLog() {
        WalCheck.Report report = WalCheck.run(files);
        report.problems().forEach(problem -> problems.add("log: " + problem));
        walFirst = report.firstIndex();
        walLast = report.lastIndex();
        if (report.isSound()) {
            progress.accept("log: " + report.recordCount() + " records in " + report.segmentCount()
                    + " segments, entries " + walFirst + " to " + walLast);
        }
    }

    private void checkPages() {
        PageStoreContext context = new PageStoreContext();
        if (!files.exists(context.fileName())) {
            problems.add("pages: there is no file '" + context.fileName() + "'");
            return;
        }
        PageCheck.Report report = PageCheck.check(files, context.fileName());
        report.problems().forEach(problem -> problems.add("pages: " + problem));
        if (report.isClean()) {
            progress.accept("pages: " + report.pages() + " pages, " + report.runs() + " large values, "
                    + report.entries() + " entries");
        }
    }

    private void checkState() {
        try (PageStore store = PageStore.open(files, new PageStoreContext());
                KeyIndex index = new ChronicleKeyIndex(new IndexContext().buildInBackground(false))) {
            StateMachine machine = new StateMachine(store, index, new MachineLimits());
            while (!machine.isIndexComplete() && index.isReady()) {
                machine.warmUpIndex(INDEX_STEP);
                index.doWork(INDEX_STEP);
            }
            StateCheck.run(machine).forEach(problem -> problems.add("state: " + problem));
            if (walFirst > machine.appliedIndex() + 1 || walLast < machine.appliedIndex()) {
                problems.add("state: the pages end at entry " + machine.appliedIndex() + ", the log holds entries "
                        + walFirst + " to " + walLast);
            }
            progress.accept("state: " + machine.keyCount() + " keys at revision " + machine.revision()
                    + ", applied up to entry " + machine.appliedIndex());
        }
    }
}
