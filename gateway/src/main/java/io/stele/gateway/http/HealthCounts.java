package io.stele.gateway.http;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** What checks of the member's health have found; from any thread. */
final class HealthCounts {
    private final LongAdder healthy = new LongAdder();
    private final LongAdder unhealthy = new LongAdder();
    /** By "root name", in order; last results beside all results. */
    private final Map<String, Check> checks = new TreeMap<>();

    private static final class Check {
        private final LongAdder passed = new LongAdder();
        private final LongAdder failed = new LongAdder();
        private volatile boolean lastPassed;
    }

    HealthCounts() {
        HealthChecks.CHECKS.forEach((root, names) -> names.forEach(name -> checks.put(key(root, name), new Check())));
    }

    private static String key(String root, String name) {
        return "type=\"" + root.substring(1) + "\",name=\"" + name + '"';
    }

    void onHealth(boolean isHealthy) {
        (isHealthy ? healthy : unhealthy).increment();
    }

    void onCheck(String root, String name, boolean passed) {
        Check check = checks.get(key(root, name));
        (passed ? check.passed : check.failed).increment();
        check.lastPassed = passed;
    }

    void write(MetricsWriter out) {
        out.counter("etcd_server_health_success", "Times that /health said true.", healthy.sum());
        out.counter("etcd_server_health_failures", "Times that /health said false.", unhealthy.sum());
        out.head("etcd_server_healthcheck", "What each check said last: 1 or 0.", "gauge");
        checks.forEach((labels, check) -> out.sample("etcd_server_healthcheck", labels, check.lastPassed ? 1 : 0));
        out.head("etcd_server_healthchecks_total", "Results of each check.", "counter");
        checks.forEach((labels, check) -> {
            out.sample("etcd_server_healthchecks_total", labels + ",status=\"success\"", check.passed.sum());
            out.sample("etcd_server_healthchecks_total", labels + ",status=\"error\"", check.failed.sum());
        });
    }
}
