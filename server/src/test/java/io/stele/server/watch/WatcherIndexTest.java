package io.stele.server.watch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class WatcherIndexTest {
    private static final WatchOptions OPTIONS = new WatchOptions(false, false, false, false, false);

    @Test
    void shouldFindThoseThatIncludeAKeyAndNoOthers() {
        for (long seed = 1; seed <= 20; seed++) {
            Random random = new Random(seed);
            WatcherIndex index = new WatcherIndex(seed);
            List<Watcher> watchers = new ArrayList<>();
            for (int step = 0; step < 2000; step++) {
                if (random.nextInt(3) > 0 || watchers.isEmpty()) {
                    Watcher watcher = watcher(step, random);
                    watchers.add(watcher);
                    index.add(watcher);
                } else {
                    index.remove(watchers.remove(random.nextInt(watchers.size())));
                }
                if (step % 10 == 0) {
                    check(seed, index, watchers, key(random));
                }
            }
            assertEquals(watchers.size(), index.count());
            watchers.forEach(index::remove);
            check(seed, index, List.of(), key(random));
        }
    }

    private static Watcher watcher(long id, Random random) {
        String key = key(random);
        String end = key(random);
        byte[] until = switch (random.nextInt(4)) {
            case 0 -> null;
            case 1 -> Watcher.UNBOUNDED;
            default -> (key.compareTo(end) < 0 ? end : key + "\0").getBytes(ISO_8859_1);
        };
        return new Watcher(null, id, key.getBytes(ISO_8859_1), until, OPTIONS);
    }

    private static String key(Random random) {
        StringBuilder key = new StringBuilder();
        for (int length = 1 + random.nextInt(3); length > 0; length--) {
            key.append("ab\0\u00ff".charAt(random.nextInt(4)));
        }
        return key.toString();
    }

    private static void check(long seed, WatcherIndex index, List<Watcher> watchers, String key) {
        TreeSet<Long> expected = new TreeSet<>();
        for (Watcher watcher : watchers) {
            String begin = new String(watcher.key, ISO_8859_1);
            boolean matches = watcher.end == null
                    ? key.equals(begin)
                    : key.compareTo(begin) >= 0
                            && (watcher.end.length == 0 || key.compareTo(new String(watcher.end, ISO_8859_1)) < 0);
            if (matches) {
                expected.add(watcher.watchId);
            }
        }
        List<Long> found = new ArrayList<>();
        byte[] bytes = key.getBytes(ISO_8859_1);
        index.match(bytes, bytes.length, list -> {
            for (int i = 0; i < list.count(); i++) {
                found.add(list.get(i).watchId);
            }
        });
        assertEquals(expected.size(), found.size(), "seed " + seed);
        assertEquals(expected, new TreeSet<>(found), "seed " + seed);
    }
}
