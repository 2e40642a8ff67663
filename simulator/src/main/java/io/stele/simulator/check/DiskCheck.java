package io.stele.simulator.check;

import io.stele.server.machine.StateCheck;
import io.stele.server.node.Node;
import io.stele.simulator.Violation;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.sim.SimDisk;
import io.stele.storage.page.PageCheck;
import io.stele.storage.wal.Superblock;
import io.stele.storage.wal.WalCheck;
import java.util.List;

/** The checks that ship with the product, on every disk that a crash leaves and on every node that recovered. */
public final class DiskCheck {
    private DiskCheck() {}

    /** Looks at a copy: what is found here is what the node finds. */
    public static void beforeStart(SimDisk disk) {
        try (FileStore files = disk.copy().mount()) {
            if (files.exists("pages")) {
                PageCheck.Report pages = PageCheck.check(files, "pages");
                if (!pages.isClean()) {
                    throw new Violation("pages", pages.problems().toString());
                }
            }
            if (files.exists(Superblock.NAME) && Superblock.validCopies(files) == 0) {
                throw new Violation("superblock", "no valid copy is left");
            }
            WalCheck.Report log = WalCheck.run(files);
            if (!log.isSound()) {
                throw new Violation("log", log.problems().toString());
            }
        }
    }

    /** A node that has recovered: its trees and its index agree. */
    public static void running(Node node) {
        List<String> problems = StateCheck.run(node.machine());
        if (!problems.isEmpty()) {
            throw new Violation("state", problems.toString());
        }
    }
}
