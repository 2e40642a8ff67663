package io.stele.gateway.http;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** The process and its JVM. */
final class ProcessMetrics {
    private static final double NS_PER_SECOND = 1e9;
    private static final double MS_PER_SECOND = 1e3;
    private static final long BYTES_PER_KB = 1024;

    private final MetricsWriter out;

    ProcessMetrics(MetricsWriter out) {
        this.out = out;
    }

    void write() {
        var runtime = ManagementFactory.getRuntimeMXBean();
        out.gauge(
                "process_start_time_seconds",
                "Start of the process since the epoch.",
                runtime.getStartTime() / MS_PER_SECOND);
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            out.counter("process_cpu_seconds_total", "Time on processors.", system.getProcessCpuTime() / NS_PER_SECOND);
            long files = system.getOpenFileDescriptorCount();
            long filesMax = system.getMaxFileDescriptorCount();
            out.gauge("process_open_fds", "Files that are open.", files);
            out.gauge("process_max_fds", "Files that may be open.", filesMax);
            out.gauge("os_fd_used", "Files that are open.", files);
            out.gauge("os_fd_limit", "Files that may be open.", filesMax);
        }
        memory();
        machine();
    }

    /** As Linux tells it; nothing elsewhere. */
    private void memory() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("VmRSS:")) {
                    out.gauge("process_resident_memory_bytes", "Bytes in memory, mapped files too.", bytes(line));
                } else if (line.startsWith("VmSize:")) {
                    out.gauge("process_virtual_memory_bytes", "Bytes of addresses.", bytes(line));
                }
            }
        } catch (IOException e) {
            // not there: then it is not told
        }
    }

    private static long bytes(String line) {
        return Long.parseLong(line.replaceAll("\\D", "")) * BYTES_PER_KB;
    }

    private void machine() {
        Runtime runtime = Runtime.getRuntime();
        out.gauge("stele_heap_used_bytes", "Bytes of the heap in use.", runtime.totalMemory() - runtime.freeMemory());
        out.gauge("stele_heap_committed_bytes", "Bytes of the heap.", runtime.totalMemory());
        out.head("stele_buffers_bytes", "Bytes outside the heap.", "gauge");
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            out.sample("stele_buffers_bytes", "pool=\"" + pool.getName() + '"', pool.getMemoryUsed());
        }
        out.head("stele_gc_seconds_total", "Time in collections.", "counter");
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            out.sample(
                    "stele_gc_seconds_total",
                    "collector=\"" + collector.getName() + '"',
                    collector.getCollectionTime() / MS_PER_SECOND);
        }
        out.gauge(
                "stele_threads", "Threads.", ManagementFactory.getThreadMXBean().getThreadCount());
    }
}
