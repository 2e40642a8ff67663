package io.stele.perf.fencing;

import io.stele.perf.load.BenchException;
import io.stele.perf.process.JvmProcess;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A {@link LockHolder} in a process of its own, as the harness sees it. */
final class HolderProcess implements AutoCloseable {
    private static final long LINE_MAX_SECONDS = 120;
    private static final String END = "";

    private final Process process;
    private final BufferedWriter in;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private HolderProcess(Process process) {
        this.process = process;
        in = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        Thread reader = new Thread(this::read, "lock-holder");
        reader.setDaemon(true);
        reader.start();
    }

    static HolderProcess start(List<String> arguments) throws IOException {
        List<String> command = JvmProcess.command(List.of(), LockHolder.class.getName(), arguments);
        return new HolderProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    private void read() {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            // It was ended: what it said until then is all there is.
        }
        lines.add(END);
    }

    /** The words of the next line, of which the first is expected. */
    String[] next(String first) throws InterruptedException {
        String line = lines.poll(LINE_MAX_SECONDS, TimeUnit.SECONDS);
        if (line == null || !line.startsWith(first + " ")) {
            throw new BenchException("a holder of locks was to say '" + first + "' and said "
                    + (line == null ? "nothing" : line.equals(END) ? "nothing more" : "'" + line + "'"));
        }
        return line.split(" ");
    }

    void pause(boolean on) throws IOException, InterruptedException {
        JvmProcess.pause(process, on);
    }

    /** Lies in its pipe until it reads it. */
    void say(String word) throws IOException {
        in.write(word + "\n");
        in.flush();
    }

    /** SIGKILL, which ends a process that is stopped as well. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
