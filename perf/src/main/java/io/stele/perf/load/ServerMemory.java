package io.stele.perf.load;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Memory of the process that listens at a port of this machine, by /proc; 0 where that cannot be told. */
public final class ServerMemory implements AutoCloseable {
    private static final Path PROC = Path.of("/proc");
    private static final long INTERVAL_MS = 100;
    private static final int COLUMN_LOCAL = 1;
    private static final int COLUMN_STATE = 3;
    private static final int COLUMN_INODE = 9;
    private static final String LISTENS = "0A";

    private final int port;
    private Path status;
    private final Thread sampler = new Thread(this::sample, "server-memory");
    private volatile boolean isClosed;
    private volatile long residentMax;
    private volatile long anonymousMax;

    private ServerMemory(long pid, int port) {
        this.port = port;
        status = pid > 0 ? status(pid) : null;
        sampler.setDaemon(true);
        sampler.start();
    }

    /** {@code pid}: 0 to look for it by the endpoint's port. */
    public static ServerMemory of(long pid, String endpoint) {
        return new ServerMemory(pid, Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1)));
    }

    private static Path status(long pid) {
        return PROC.resolve(String.valueOf(pid)).resolve("status");
    }

    /** The greatest resident memory since the last {@link #reset}, with the file pages that are mapped. */
    public long residentMax() {
        return residentMax;
    }

    /** The same without pages of files. */
    public long anonymousMax() {
        return anonymousMax;
    }

    public void reset() {
        residentMax = 0;
        anonymousMax = 0;
        look();
    }

    private void sample() {
        while (!isClosed) {
            look();
            try {
                Thread.sleep(INTERVAL_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private synchronized void look() {
        if (status == null) {
            long pid = pid(port);
            if (pid == 0) {
                return; // it may be starting
            }
            status = status(pid);
        }
        try {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("VmRSS:")) {
                    residentMax = Math.max(residentMax, bytes(line));
                } else if (line.startsWith("RssAnon:")) {
                    anonymousMax = Math.max(anonymousMax, bytes(line));
                }
            }
        } catch (IOException e) {
            isClosed = true; // it has ended
        }
    }

    private static long bytes(String line) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
    }

    private static long pid(int port) {
        List<String> sockets = new ArrayList<>();
        String suffix = String.format(":%04X", port);
        for (String table : List.of("net/tcp", "net/tcp6")) {
            try {
                for (String line : Files.readAllLines(PROC.resolve(table))) {
                    String[] columns = line.strip().split("\\s+", -1);
                    if (columns[COLUMN_LOCAL].endsWith(suffix) && columns[COLUMN_STATE].equals(LISTENS)) {
                        sockets.add("socket:[" + columns[COLUMN_INODE] + "]");
                    }
                }
            } catch (IOException e) {
                // no such protocol here
            }
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process, sockets)) {
                    return Long.parseLong(process.getFileName().toString());
                }
            }
        } catch (IOException e) {
            return 0;
        }
        return 0;
    }

    private static boolean holds(Path process, List<String> sockets) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                if (Files.isSymbolicLink(file)
                        && sockets.contains(Files.readSymbolicLink(file).toString())) {
                    return true;
                }
            }
        } catch (IOException e) {
            return false; // somebody else's, or it has ended
        }
        return false;
    }

    @Override
    public void close() {
        isClosed = true;
        sampler.interrupt();
    }
}
