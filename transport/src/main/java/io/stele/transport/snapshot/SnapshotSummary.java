package io.stele.transport.snapshot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What a snapshot's file holds, once all of it was verified; and how etcdutl would print that.
 *
 * @param hash tells snapshots apart
 * @param revision newest revision
 * @param keyCount live keys
 * @param length bytes of the file
 * @param version of its format
 */
public record SnapshotSummary(int hash, long revision, long keyCount, long length, int version) {
    public static final List<String> FORMATS = List.of("simple", "json", "fields", "table");
    private static final int KILO = 1000;
    private static final String[] TITLES = {"HASH", "REVISION", "TOTAL KEYS", "TOTAL SIZE", "VERSION"};

    /** Reads and verifies all of it; throws {@link SnapshotException} if anything is wrong. */
    public static SnapshotSummary of(Path file) {
        try (SnapshotReader reader = SnapshotReader.open(file, true)) {
            while (reader.next()) {
                // each chunk is verified
            }
            SnapshotHeader header = reader.header();
            return new SnapshotSummary(
                    reader.shortHash(),
                    header.revision(),
                    header.keyCount(),
                    Files.size(file),
                    SnapshotDescriptor.FORMAT);
        } catch (IOException e) {
            throw new SnapshotException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** As lines of one of {@link #FORMATS}. */
    public List<String> lines(String format) {
        return switch (format) {
            case "json" ->
                List.of("{\"hash\":" + Integer.toUnsignedString(hash) + ",\"revision\":" + revision + ",\"totalKey\":"
                        + keyCount + ",\"totalSize\":" + length + ",\"version\":\"" + version + "\"}");
            case "fields" ->
                List.of(
                        "\"Hash\" : " + Integer.toUnsignedString(hash),
                        "\"Revision\" : " + revision,
                        "\"Keys\" : " + keyCount,
                        "\"Size\" : " + length,
                        "\"Version\" : \"" + version + "\"");
            case "table" -> table();
            default -> List.of(String.join(", ", cells()));
        };
    }

    private String[] cells() {
        return new String[] {
            Integer.toHexString(hash),
            Long.toString(revision),
            Long.toString(keyCount),
            size(),
            Integer.toString(version)
        };
    }

    private List<String> table() {
        StringBuilder rule = new StringBuilder("+");
        StringBuilder titles = new StringBuilder("|");
        StringBuilder row = new StringBuilder("|");
        String[] cells = cells();
        for (int i = 0; i < cells.length; i++) {
            int width = Math.max(TITLES[i].length(), cells[i].length());
            rule.append("-".repeat(width + 2)).append('+');
            int left = (width - TITLES[i].length()) / 2;
            titles.append(" ".repeat(left + 1))
                    .append(TITLES[i])
                    .append(" ".repeat(width - TITLES[i].length() - left + 1))
                    .append('|');
            row.append(" ".repeat(width - cells[i].length() + 1))
                    .append(cells[i])
                    .append(" |");
        }
        return List.of(rule.toString(), titles.toString(), rule.toString(), row.toString(), rule.toString());
    }

    /** As etcd's tools round: 1.2 MB, 25 kB. */
    private String size() {
        if (length < KILO) {
            return length + " B";
        }
        double value = length;
        int unit = -1;
        while (value >= KILO) {
            value /= KILO;
            unit++;
        }
        String number = value < 10 ? String.format(Locale.ROOT, "%.1f", value) : Long.toString(Math.round(value));
        return number + " " + "kMGTPE".charAt(unit) + "B";
    }
}
