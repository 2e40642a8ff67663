package io.stele.samples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.stele.client.Bytes;
import io.stele.client.ClientContext;
import io.stele.client.KeyValue;
import io.stele.client.SteleClient;
import io.stele.client.SteleException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stores every regular file of at most 1 MiB below some directories, key = absolute path, value = content; with
 * {@code --verify}, reads all of them back instead and compares byte for byte.
 *
 * <pre>
 *   LoadTree [--endpoints host:port,...] [--acknowledged FILE] [--patience SECONDS] [--verify] DIR...
 * </pre>
 *
 * <p>A put that failed, of whatever outcome, is sent again until it is acknowledged: it puts the same value. So the
 * server may be killed and started again meanwhile. {@code --acknowledged} keeps the paths acknowledged so far in a
 * file; verifying with it looks at those alone. Exit code 0: all is well; 1: something is missing, differs or could
 * not be stored; 2: not understood.
 */
public final class LoadTree {
    private static final long FILE_LENGTH_MAX = 1 << 20;
    /** Bounds what is read and not yet answered: KiB, of 16 MiB. */
    private static final int IN_FLIGHT_KIB = 16 * 1024;

    private static final long PROGRESS_NS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int COMPLAINTS_MAX = 10;

    private final SteleClient client;
    private final PrintStream out;
    private final boolean isTerminal = isTerminal();
    private final Executor later = CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS);
    private final Semaphore room = new Semaphore(IN_FLIGHT_KIB);
    private final AtomicLong doneFiles = new AtomicLong();
    private final AtomicLong doneBytes = new AtomicLong();
    private final AtomicLong badFiles = new AtomicLong();
    private final AtomicLong retries = new AtomicLong();
    private final PrintStream acknowledged;
    private final long patienceNs;
    private final long startedNs = System.nanoTime();
    private long skippedFiles;
    private long progressNs = startedNs;
    private volatile long lastDoneNs = startedNs;

    private LoadTree(SteleClient client, PrintStream out, PrintStream acknowledged, long patienceNs) {
        this.client = client;
        this.out = out;
        this.acknowledged = acknowledged;
        this.patienceNs = patienceNs;
    }

    public static void main(String[] args) throws Exception {
        System.exit(run(System.out, args));
    }

    /** As {@code main}, but returns the exit code. */
    public static int run(PrintStream out, String... args) throws IOException, InterruptedException {
        String endpoints = "127.0.0.1:2379";
        Path record = null;
        long patienceSeconds = 60;
        boolean verify = false;
        List<Path> directories = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            boolean hasValue = i + 1 < args.length;
            if (args[i].equals("--verify")) {
                verify = true;
            } else if (args[i].equals("--endpoints") && hasValue) {
                endpoints = args[++i];
            } else if (args[i].equals("--acknowledged") && hasValue) {
                record = Path.of(args[++i]);
            } else if (args[i].equals("--patience") && hasValue) {
                patienceSeconds = Long.parseLong(args[++i]);
            } else if (args[i].startsWith("-") || !Files.isDirectory(Path.of(args[i]))) {
                out.println("LoadTree: " + args[i] + " is neither an option nor a directory");
                return 2;
            } else {
                directories.add(Path.of(args[i]).toAbsolutePath().normalize());
            }
        }
        if (directories.isEmpty() && !(verify && record != null)) {
            out.println("usage: LoadTree [--endpoints host:port,...] [--acknowledged FILE] [--patience SECONDS]"
                    + " [--verify] DIR...");
            return 2;
        }
        ClientContext context = new ClientContext().endpoints(endpoints).requestTimeout(Duration.ofSeconds(5));
        try (SteleClient client = SteleClient.connect(context);
                PrintStream recorder = verify || record == null ? null : recorder(record)) {
            LoadTree tree = new LoadTree(client, out, recorder, TimeUnit.SECONDS.toNanos(patienceSeconds));
            return verify ? tree.verify(record, directories) : tree.load(directories);
        } catch (SteleException e) {
            out.println("LoadTree: " + e.getMessage());
            return 1;
        }
    }

    private static PrintStream recorder(Path record) throws IOException {
        return new PrintStream(
                Files.newOutputStream(record, StandardOpenOption.CREATE, StandardOpenOption.APPEND), true, ISO_8859_1);
    }

    private int load(List<Path> directories) throws IOException, InterruptedException {
        for (Path directory : directories) {
            walk(directory, this::store);
        }
        return finish("stored");
    }

    private int verify(Path record, List<Path> directories) throws IOException, InterruptedException {
        if (record == null) {
            for (Path directory : directories) {
                walk(directory, this::compare);
            }
        } else {
            for (String line : Files.readAllLines(record, ISO_8859_1)) {
                compare(Path.of(java.net.URI.create("file://" + line)));
            }
        }
        return finish("verified");
    }

    /** What to do with a file. */
    private interface FileAction {
        void accept(Path file) throws IOException, InterruptedException;
    }

    private void walk(Path directory, FileAction action) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!attributes.isRegularFile()) {
                    return FileVisitResult.CONTINUE;
                }
                if (attributes.size() > FILE_LENGTH_MAX || !Files.isReadable(file)) {
                    skippedFiles++;
                    return FileVisitResult.CONTINUE;
                }
                try {
                    action.accept(file);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return FileVisitResult.TERMINATE;
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                skippedFiles++;
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** The path's own bytes, whatever the encoding they are in; percent-encoded, as a URI has them. */
    private static String encodedPath(Path file) {
        return file.toUri().getRawPath();
    }

    private static Bytes key(String encodedPath) {
        byte[] key = new byte[encodedPath.length()];
        int length = 0;
        for (int i = 0; i < encodedPath.length(); i++) {
            char c = encodedPath.charAt(i);
            if (c == '%') {
                key[length++] = (byte) Integer.parseInt(encodedPath.substring(i + 1, i + 3), 16);
                i += 2;
            } else {
                key[length++] = (byte) c;
            }
        }
        return Bytes.of(java.util.Arrays.copyOf(key, length));
    }

    private void store(Path file) throws IOException, InterruptedException {
        byte[] content = Files.readAllBytes(file);
        int permits = permits(content.length);
        awaitRoom(permits);
        String path = encodedPath(file);
        put(path, key(path), Bytes.of(content), permits);
    }

    private void put(String path, Bytes key, Bytes value, int permits) {
        var unused = client.kv().put(key, value).whenComplete((result, failure) -> {
            if (failure == null) {
                if (acknowledged != null) {
                    acknowledged.println(path);
                }
                done(value.length(), permits);
            } else if (isWorthRetrying(failure)) {
                retries.incrementAndGet();
                later.execute(() -> put(path, key, value, permits));
            } else {
                bad(path, "not stored: " + failure.getMessage(), permits);
            }
        });
    }

    private void compare(Path file) throws IOException, InterruptedException {
        byte[] content = Files.readAllBytes(file);
        int permits = permits(content.length);
        awaitRoom(permits);
        get(encodedPath(file), Bytes.of(content), permits);
    }

    private void get(String path, Bytes expected, int permits) {
        var unused = client.kv().get(key(path)).whenComplete((result, failure) -> {
            if (failure != null && isWorthRetrying(failure)) {
                retries.incrementAndGet();
                later.execute(() -> get(path, expected, permits));
            } else if (failure != null) {
                bad(path, "not read: " + failure.getMessage(), permits);
            } else {
                KeyValue found = result.first();
                if (found == null) {
                    bad(path, "missing", permits);
                } else if (!found.value().equals(expected)) {
                    bad(path, found.value().length() + " bytes that differ from the file's", permits);
                } else {
                    done(expected.length(), permits);
                }
            }
        });
    }

    /** Whether another attempt may succeed; over when nothing at all has succeeded for too long. */
    private boolean isWorthRetrying(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (!(cause instanceof SteleException e) || System.nanoTime() - lastDoneNs > patienceNs) {
            return false;
        }
        return switch (e.code()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNKNOWN, ABORTED, INTERNAL -> true;
            default -> false;
        };
    }

    private static int permits(int length) {
        return 1 + length / 1024;
    }

    private void awaitRoom(int permits) throws InterruptedException {
        while (!room.tryAcquire(permits, PROGRESS_NS, TimeUnit.NANOSECONDS)) {
            showProgress();
        }
        if (System.nanoTime() - progressNs > PROGRESS_NS) {
            showProgress();
        }
    }

    private void done(int length, int permits) {
        lastDoneNs = System.nanoTime();
        doneFiles.incrementAndGet();
        doneBytes.addAndGet(length);
        room.release(permits);
    }

    private void bad(String path, String text, int permits) {
        if (badFiles.incrementAndGet() <= COMPLAINTS_MAX) {
            out.println(path + ": " + text);
        }
        room.release(permits);
    }

    /** Java's own answer changed its meaning with 22. */
    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException e) {
            return false;
        }
    }

    private void showProgress() {
        progressNs = System.nanoTime();
        if (isTerminal) {
            out.print("\r" + summary() + "   ");
            out.flush();
        }
    }

    private String summary() {
        double seconds = (System.nanoTime() - startedNs) / 1e9;
        return String.format(
                "%,d files, %,.1f MiB, %,.0f files/s, %,d retries, %,d bad, %,d skipped",
                doneFiles.get(),
                doneBytes.get() / 1048576.0,
                doneFiles.get() / seconds,
                retries.get(),
                badFiles.get(),
                skippedFiles);
    }

    private int finish(String what) throws InterruptedException {
        awaitRoom(IN_FLIGHT_KIB);
        if (isTerminal) {
            out.print("\r");
        }
        out.println(what + " " + summary());
        if (acknowledged != null && acknowledged.checkError()) {
            throw new UncheckedIOException(new IOException("the file of acknowledged paths could not be written"));
        }
        return badFiles.get() == 0 ? 0 : 1;
    }
}
