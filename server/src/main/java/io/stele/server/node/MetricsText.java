package io.stele.server.node;

import org.HdrHistogram.Histogram;
import org.agrona.ExpandableDirectByteBuffer;

/**
 * Prometheus' text form, written into a buffer that is used again: the node's thread makes no garbage of it.
 *
 * <p>A library cannot say what has to be said: those there are refuse gauges that end in {@code _total}, of which etcd
 * has many.
 */
final class MetricsText {
    private static final double[] QUANTILES = {50, 90, 99, 99.9};
    private static final String[] QUANTILE_TEXTS = {"0.5", "0.9", "0.99", "0.999"};
    private static final int NANO_DIGITS = 9;

    private final ExpandableDirectByteBuffer buffer = new ExpandableDirectByteBuffer(16 * 1024);
    private int length;

    ExpandableDirectByteBuffer buffer() {
        return buffer;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    void gauge(String name, String help, long value) {
        head(name, help, "gauge");
        sample(name, value);
    }

    void counter(String name, String help, long value) {
        head(name, help, "counter");
        sample(name, value);
    }

    void head(String name, String help, String type) {
        text("# HELP ").text(name).text(" ").text(help).text("\n# TYPE ");
        text(name).text(" ").text(type).text("\n");
    }

    void sample(String name, long value) {
        text(name).text(" ").number(value).text("\n");
    }

    /** One of several that differ in a label, whose value is a number in hexadecimal. */
    void labelled(String name, String label, long id, String more, long value) {
        text(name)
                .text("{")
                .text(label)
                .text("=\"")
                .hex(id)
                .text("\"")
                .text(more)
                .text("} ");
        number(value).text("\n");
    }

    void durations(String name, String help, Durations durations) {
        head(name, help, "histogram");
        long count = 0;
        for (int i = 0; i < Durations.BOUNDS.length; i++) {
            count += durations.count(i);
            text(name).text("_bucket{le=\"").text(Durations.BOUNDS[i]).text("\"} ");
            number(count).text("\n");
        }
        count += durations.count(Durations.BOUNDS.length);
        text(name).text("_bucket{le=\"+Inf\"} ").number(count).text("\n");
        text(name).text("_sum ").seconds(durations.sumNs()).text("\n");
        text(name).text("_count ").number(count).text("\n");
    }

    /** Quantiles of all that was recorded, in seconds. */
    void latencies(String name, String help, Histogram histogram) {
        head(name, help, "summary");
        for (int i = 0; i < QUANTILES.length; i++) {
            text(name).text("{quantile=\"").text(QUANTILE_TEXTS[i]).text("\"} ");
            seconds(histogram.getValueAtPercentile(QUANTILES[i])).text("\n");
        }
        long count = histogram.getTotalCount();
        text(name).text("_sum ").seconds((long) (histogram.getMean() * count)).text("\n");
        text(name).text("_count ").number(count).text("\n");
    }

    private MetricsText text(String text) {
        length += buffer.putStringWithoutLengthAscii(length, text);
        return this;
    }

    private MetricsText number(long value) {
        length += buffer.putLongAscii(length, value);
        return this;
    }

    private MetricsText hex(long value) {
        int digits = Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 3) / 4);
        for (int i = digits - 1; i >= 0; i--) {
            buffer.putByte(length++, (byte) Character.forDigit((int) (value >>> (4 * i)) & 0xF, 16));
        }
        return this;
    }

    private MetricsText seconds(long ns) {
        number(ns / 1_000_000_000L).text(".");
        buffer.putNaturalPaddedIntAscii(length, NANO_DIGITS, (int) (ns % 1_000_000_000L));
        length += NANO_DIGITS;
        return this;
    }
}
