package io.stele.simulator.check;

import io.stele.simulator.Violation;
import io.stele.storage.wal.EntryView;
import io.stele.storage.wal.Wal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The log as it was applied, once and for all: an entry that was applied is the same in every later life, and what was
 * applied in one life is in the log of the next. Every acknowledged write is an applied entry, so none is ever lost.
 */
public final class CommittedPrefix {
    /** An applied entry. */
    @SuppressWarnings("ArrayRecordComponent") // compared field by field
    public record Applied(long term, byte type, byte[] payload) {}

    private final List<Applied> entries = new ArrayList<>();
    private final EntryView view = new EntryView();

    /** Last log index that was ever applied. */
    public long lastIndex() {
        return entries.size();
    }

    public Applied entry(long logIndex) {
        return entries.get((int) logIndex - 1);
    }

    /** Takes back what a trial has added. */
    public void forgetAfter(long logIndex) {
        entries.subList((int) logIndex, entries.size()).clear();
    }

    /** An entry is applied: for the first time, or again after a restart. Returns whether it is the first time. */
    public boolean onApplied(Wal wal, long logIndex) {
        if (!wal.read(logIndex, view)) {
            throw new Violation("committed prefix", "entry " + logIndex + " was applied but is not in the log");
        }
        byte[] payload = new byte[view.length()];
        view.buffer().getBytes(view.offset(), payload);
        Applied applied = new Applied(view.term(), view.type(), payload);
        if (logIndex <= lastIndex()) {
            compare(logIndex, applied);
            return false;
        }
        if (logIndex != lastIndex() + 1) {
            throw new Violation("committed prefix", "entry " + logIndex + " is applied after " + lastIndex());
        }
        entries.add(applied);
        return true;
    }

    /** A new life begins with this log. */
    public void onRecovered(Wal wal, long appliedIndex) {
        if (wal.lastIndex() < lastIndex()) {
            throw new Violation(
                    "durability",
                    "the log ends at " + wal.lastIndex() + ", but entries up to " + lastIndex()
                            + " were applied before the restart");
        }
        if (appliedIndex > lastIndex()) {
            throw new Violation(
                    "atomicity",
                    "the state contains entry " + appliedIndex + ", the last one applied was " + lastIndex());
        }
        if (wal.firstIndex() > appliedIndex + 1) {
            throw new Violation(
                    "durability",
                    "the log begins at " + wal.firstIndex() + ", but the state ends with entry " + appliedIndex);
        }
        for (long logIndex = wal.firstIndex(); logIndex <= lastIndex(); logIndex++) {
            onApplied(wal, logIndex);
        }
    }

    private void compare(long logIndex, Applied again) {
        Applied before = entry(logIndex);
        if (before.term() != again.term()
                || before.type() != again.type()
                || !Arrays.equals(before.payload(), again.payload())) {
            throw new Violation(
                    "state machine safety",
                    "entry " + logIndex + " was applied with term " + before.term() + " and "
                            + before.payload().length + " bytes, and is now another one of term " + again.term()
                            + " and " + again.payload().length + " bytes");
        }
    }
}
