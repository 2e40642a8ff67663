package io.stele.perf.report;

import java.util.List;

/** The parts that pages are made of: one file, no network, readable in light and in dark. */
final class Html {
    private static final String STYLE = """
            :root { color-scheme: light dark; --ink: #1c2430; --dim: #5b6675; --page: #ffffff; --rule: #dde2e8;
              --row: #f5f7f9; --c0: #0b62c4; --c1: #c2410c; --c2: #15803d; --c3: #7e22ce; }
            @media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --dim: #9aa6b5; --page: #14181e;
              --rule: #313a46; --row: #1b2129; --c0: #6cb0ff; --c1: #ff9d5c; --c2: #5fd38a; --c3: #cf9bff; } }
            body { margin: 0 auto; padding: 24px 20px 48px; max-width: 1000px; background: var(--page);
              color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
            h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 36px 0 8px; }
            p { margin: 4px 0 12px; } .dim { color: var(--dim); }
            .scroll { overflow-x: auto; }
            table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
            th, td { padding: 5px 10px; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
            th { color: var(--dim); font-weight: 600; } th:first-child, td:first-child { text-align: left; }
            table.words td { text-align: left; white-space: normal; } table.words td:first-child { color: var(--dim); }
            tbody tr:nth-child(even) { background: var(--row); }
            svg { width: 100%; height: auto; display: block; } svg text { fill: var(--dim); font-size: 12px; }
            .grid { stroke: var(--rule); stroke-width: 1; }
            polyline { fill: none; stroke-width: 2; stroke-linejoin: round; } .dashed { stroke-dasharray: 5 4; }
            circle { opacity: 0; } circle:hover { opacity: 1; }
            .key { display: inline-block; margin-right: 18px; } .key i { display: inline-block; width: 22px;
              border-top: 3px solid; margin-right: 7px; vertical-align: middle; }
            .key i.dashed { border-top-style: dashed; }
            """;

    private Html() {}

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    static String page(String title, String body) {
        StringBuilder colours = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            colours.append("polyline.c")
                    .append(i)
                    .append(", i.c")
                    .append(i)
                    .append(" { stroke: var(--c")
                    .append(i)
                    .append("); border-color: var(--c")
                    .append(i)
                    .append("); } circle.f")
                    .append(i)
                    .append(" { fill: var(--c")
                    .append(i)
                    .append("); }\n");
        }
        return """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>%s</title>
                <style>
                %s%s</style>
                </head>
                <body>
                %s</body>
                </html>
                """.formatted(escape(title), STYLE, colours, body);
    }

    static String heading(int level, String words) {
        return "<h" + level + ">" + escape(words) + "</h" + level + ">\n";
    }

    static String dim(String words) {
        return "<p class=\"dim\">" + escape(words) + "</p>\n";
    }

    static String key(int colour, boolean dashed, String words) {
        return "<span class=\"key\"><i class=\"c" + colour + (dashed ? " dashed" : "") + "\"></i>" + escape(words)
                + "</span>\n";
    }

    /** The first row is the heading; {@code null} as heading gives a table of words. */
    static String table(List<String> heading, List<List<String>> rows) {
        StringBuilder table = new StringBuilder("<div class=\"scroll\"><table")
                .append(heading == null ? " class=\"words\"" : "")
                .append(">\n");
        if (heading != null) {
            table.append("<thead>");
            row(table, "th", heading);
            table.append("</thead>");
        }
        table.append("<tbody>\n");
        rows.forEach(row -> row(table, "td", row));
        return table.append("</tbody></table></div>\n").toString();
    }

    private static void row(StringBuilder table, String tag, List<String> cells) {
        table.append("<tr>");
        for (String cell : cells) {
            table.append('<')
                    .append(tag)
                    .append('>')
                    .append(escape(cell))
                    .append("</")
                    .append(tag)
                    .append('>');
        }
        table.append("</tr>\n");
    }
}
