package io.stele.simulator.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SimCommandTest {
    private final StringWriter errors = new StringWriter();
    private String output;

    @Test
    void shouldRunSeedsAndPrintALedgerLine() {
        assertEquals(0, run("--node", "--seeds", "1..3", "--twice"));
        assertTrue(output.contains(",node seeds 1..3,twice,3,0,"), output);
        assertEquals(0, run("--seeds", "7..8"));
        assertTrue(output.contains(",cluster seeds 7..8,,2,0,"), output);
    }

    @Test
    void shouldPrintATimelineOfOneSeed() {
        assertEquals(0, run("--node", "--seed", "5", "--timeline"));
        assertTrue(output.contains("life 1 begins"), output);
        assertTrue(output.contains("nothing was violated"), output);
        assertEquals(0, run("--cluster", "--seed", "7", "--timeline"));
        assertTrue(output.contains("m1: life 1 begins"), output);
        assertEquals(0, run("--seed", "7"));
        assertTrue(!output.contains("life"), output);
    }

    @Test
    void shouldTellOneTellingOfAScript() {
        assertEquals(0, run("sweep", "first-boot", "--point", "CRASH_INSIDE@20/1"));
        assertTrue(output.contains("power cut"), output);
    }

    @Test
    void shouldRefuseWhatItDoesNotKnow() {
        assertEquals(2, run("--seeds", "9..3"));
        assertEquals(2, run("--sed", "1"));
        assertEquals(2, run("--node", "--cluster"));
        assertEquals(2, run("sweep", "no-such-script"));
        assertEquals(2, run("sweep", "first-boot", "--point", "NONSENSE@x"));
        assertTrue(errors.toString().contains("no-such-script"), errors.toString());
    }

    private int run(String... arguments) {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream capture = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setOut(capture);
            return new CommandLine(new SimCommand())
                    .setErr(new PrintWriter(errors))
                    .execute(arguments);
        } finally {
            System.setOut(before);
            output = bytes.toString(StandardCharsets.UTF_8);
        }
    }
}
