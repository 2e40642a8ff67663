package io.stele.gateway.http;

/** Prometheus' text form. */
final class MetricsWriter {
    private final StringBuilder out = new StringBuilder(16 * 1024);

    void raw(String text) {
        out.append(text);
    }

    void gauge(String name, String help, Number value) {
        head(name, help, "gauge");
        out.append(name).append(' ').append(value).append('\n');
    }

    void counter(String name, String help, Number value) {
        head(name, help, "counter");
        out.append(name).append(' ').append(value).append('\n');
    }

    void head(String name, String help, String type) {
        out.append("# HELP ").append(name).append(' ').append(help);
        out.append("\n# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    void sample(String name, String labels, Number value) {
        out.append(name).append('{').append(labels).append("} ").append(value).append('\n');
    }

    String text() {
        return out.toString();
    }
}
