package io.stele.perf.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/**
 * A line chart as inline SVG, drawn here so that the page needs neither network nor script. Colours are the page's CSS
 * variables, so one drawing serves light and dark. Points carry their figures as titles, which browsers show on hover.
 */
final class Chart {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 320;
    private static final int LEFT = 76;
    private static final int RIGHT = 16;
    private static final int TOP = 14;
    private static final int BOTTOM = 44;
    private static final int HOVER_POINTS_MAX = 240;

    /** A place on an axis that gets a grid line and a label. */
    record Tick(double at, String label) {}

    /** One end of an axis to the other, in the axis's own measure (logarithms for a logarithmic one). */
    record Axis(String title, double low, double high, List<Tick> ticks) {}

    /** A point with the words shown when the pointer is on it. */
    record Point(double x, double y, String title) {}

    private record Line(int colour, boolean dashed, List<Point> points) {}

    private final Axis x;
    private final Axis y;
    private final List<Line> lines = new ArrayList<>();

    Chart(Axis x, Axis y) {
        this.x = x;
        this.y = y;
    }

    void line(int colour, boolean dashed, List<Point> points) {
        lines.add(new Line(colour, dashed, points));
    }

    /** From zero to a little above the highest value, in round steps. */
    static Axis linear(String title, double highest, DoubleFunction<String> label) {
        double top = highest <= 0 ? 1 : highest;
        double step = Math.pow(10, Math.floor(Math.log10(top / 4)));
        while (top / step > 6) {
            step *= top / step > 12 ? 5 : 2;
        }
        List<Tick> ticks = new ArrayList<>();
        double at = 0;
        for (int i = 0; at < top; i++) {
            at = i * step;
            ticks.add(new Tick(at, label.apply(at)));
        }
        return new Axis(title, 0, at, ticks);
    }

    /** Decades with 1, 2 and 5 marked, around the given values; {@link #log} gives a value's place. */
    static Axis logarithmic(String title, long lowest, long highest, DoubleFunction<String> label) {
        double low = Math.max(1.0, (double) lowest);
        double high = Math.max(low * 1.5, (double) highest);
        List<Double> marks = new ArrayList<>();
        for (double decade = Math.pow(10, Math.floor(Math.log10(low))); decade <= high * 10; decade *= 10) {
            marks.add(decade);
            marks.add(decade * 2);
            marks.add(decade * 5);
        }
        int from = 0;
        while (marks.get(from + 1) <= low) {
            from++;
        }
        int to = from + 1;
        while (marks.get(to) < high) {
            to++;
        }
        boolean crowded = to - from > 9;
        List<Tick> ticks = new ArrayList<>();
        for (int i = from; i <= to; i++) {
            if (!crowded || i % 3 == 0) {
                ticks.add(new Tick(place(marks.get(i)), label.apply(marks.get(i))));
            }
        }
        return new Axis(title, place(marks.get(from)), place(marks.get(to)), ticks);
    }

    static double log(long value) {
        return place((double) value);
    }

    private static double place(double value) {
        return Math.log10(Math.max(1, value));
    }

    String svg(String name) {
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n",
                WIDTH,
                HEIGHT,
                Html.escape(name)));
        for (Tick tick : x.ticks()) {
            double at = placeX(tick.at());
            rule(svg, at, TOP, at, HEIGHT - BOTTOM);
            text(svg, at, HEIGHT - BOTTOM + 16, "middle", tick.label());
        }
        for (Tick tick : y.ticks()) {
            double at = placeY(tick.at());
            rule(svg, LEFT, at, WIDTH - RIGHT, at);
            text(svg, LEFT - 8, at + 4, "end", tick.label());
        }
        text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8, "middle", x.title());
        for (Line line : lines) {
            draw(svg, line);
        }
        return svg.append("</svg>\n").toString();
    }

    private void draw(StringBuilder svg, Line line) {
        if (line.points().isEmpty()) {
            return;
        }
        StringBuilder points = new StringBuilder();
        for (Point point : line.points()) {
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", placeX(point.x()), placeY(point.y())));
        }
        svg.append(String.format(
                Locale.ROOT,
                "<polyline class=\"c%d%s\" points=\"%s\"/>%n",
                line.colour(),
                line.dashed() ? " dashed" : "",
                points.toString().strip()));
        int every = Math.max(1, line.points().size() / HOVER_POINTS_MAX);
        for (int i = 0; i < line.points().size(); i += every) {
            Point point = line.points().get(i);
            svg.append(String.format(
                    Locale.ROOT,
                    "<circle class=\"f%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"><title>%s</title></circle>%n",
                    line.colour(),
                    placeX(point.x()),
                    placeY(point.y()),
                    Html.escape(point.title())));
        }
    }

    private double placeX(double at) {
        return LEFT + share(x, at) * (WIDTH - LEFT - RIGHT);
    }

    private double placeY(double at) {
        return HEIGHT - BOTTOM - share(y, at) * (HEIGHT - TOP - BOTTOM);
    }

    private static double share(Axis axis, double at) {
        return Math.max(0, Math.min(1, (at - axis.low()) / (axis.high() - axis.low())));
    }

    private static void rule(StringBuilder svg, double x1, double y1, double x2, double y2) {
        svg.append(String.format(
                Locale.ROOT,
                "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n",
                x1,
                y1,
                x2,
                y2));
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String words) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
                x,
                y,
                anchor,
                Html.escape(words)));
    }
}
