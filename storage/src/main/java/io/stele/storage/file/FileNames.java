package io.stele.storage.file;

/** Which names a {@link FileStore} accepts: one plain rule for every side of the port. */
public final class FileNames {
    private static final int LENGTH_MAX = 100;

    private FileNames() {}

    /** Letters, digits, dot, dash and underscore, not starting with a dot. */
    public static boolean valid(String name) {
        if (name.isEmpty() || name.length() > LENGTH_MAX || name.charAt(0) == '.') {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!plain && c != '.' && c != '-' && c != '_') {
                return false;
            }
        }
        return true;
    }
}
