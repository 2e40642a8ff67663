package io.stele.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Conversations between members, word for word, in {@code src/test/resources/conversations}; how to write one: {@link
 * Conversation}. After a wanted change let {@code -Dstele.rewrite=true} write the new expectations, and read the diff.
 */
final class ConversationTest {
    private static final Path SCRIPTS = Path.of("src/test/resources/conversations");

    @TestFactory
    List<DynamicTest> shouldGoAsWritten() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        try (Stream<Path> files = Files.list(SCRIPTS)) {
            for (Path script : files.sorted().toList()) {
                tests.add(DynamicTest.dynamicTest(script.getFileName().toString(), () -> check(script)));
            }
        }
        assertTrue(tests.size() >= 12, "scripts are missing");
        return tests;
    }

    private static void check(Path script) throws IOException {
        String played = new Conversation().play(Files.readAllLines(script));
        if (Boolean.getBoolean("stele.rewrite")) {
            Files.writeString(script, played);
        }
        assertEquals(Files.readString(script), played);
    }
}
