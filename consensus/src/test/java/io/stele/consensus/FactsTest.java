package io.stele.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stele.consensus.membership.Membership;
import io.stele.consensus.membership.MembershipChange;
import io.stele.consensus.membership.MembershipChange.Kind;
import io.stele.consensus.membership.MembershipChange.Transition;
import io.stele.consensus.membership.MembershipEdit;
import io.stele.consensus.progress.Progress;
import io.stele.consensus.progress.ProgressTable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Quorums and membership changes against tables of known facts ({@code facts/*.txt}), one test per line. */
final class FactsTest {
    @TestFactory
    List<DynamicTest> shouldCommitWhatTheTableSays() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (String line : lines("commit.txt")) {
            tests.add(DynamicTest.dynamicTest(line, () -> checkCommit(line.split("\\|", -1))));
        }
        return tests;
    }

    private static void checkCommit(String[] fact) {
        long agreed = fact[3].strip().equals("everything") ? Long.MAX_VALUE : Long.parseLong(fact[3].strip());
        Membership membership = joint(ids(fact[0]), ids(fact[1]));
        assertEquals(agreed, committed(membership, fact[2]));
        if (membership.isJoint()) {
            assertEquals(agreed, committed(joint(ids(fact[1]), ids(fact[0])), fact[2]), "halves swapped");
        } else if (membership.voterCount() > 0) {
            assertEquals(agreed, committed(joint(ids(fact[0]), ids(fact[0])), fact[2]), "joint with itself");
        }
    }

    private static long committed(Membership membership, String acks) {
        ProgressTable table = new ProgressTable(1, 1);
        table.reset(membership, 1);
        for (String ack : acks.strip().split(" ", -1)) {
            if (!ack.equals("-")) {
                String[] parts = ack.split(":", -1);
                table.get(Long.parseLong(parts[0])).onAcked(Long.parseLong(parts[1]));
            }
        }
        return table.committed();
    }

    @TestFactory
    List<DynamicTest> shouldDecideElectionsAsTheTableSays() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (String line : lines("vote.txt")) {
            tests.add(DynamicTest.dynamicTest(line, () -> checkVote(line.split("\\|", -1))));
        }
        return tests;
    }

    private static void checkVote(String[] fact) {
        VoteTally tally = new VoteTally();
        for (long id : ids(fact[2])) {
            tally.record(id, true);
            tally.record(id, false); // only the first answer counts
        }
        for (long id : ids(fact[3])) {
            tally.record(id, false);
        }
        tally.record(999, true); // no member
        String outcome = fact[4].strip();
        Membership membership = joint(ids(fact[0]), ids(fact[1]));
        assertEquals(outcome, tally.result(membership).name());
        if (membership.isJoint()) {
            assertEquals(
                    outcome, tally.result(joint(ids(fact[1]), ids(fact[0]))).name(), "halves swapped");
        }
    }

    /** The configuration with these halves, made as a cluster would make it. */
    private static Membership joint(long[] incoming, long[] outgoing) {
        if (outgoing.length == 0) {
            return Membership.ofVoters(incoming);
        }
        MembershipChange change = new MembershipChange(Transition.JOINT_EXPLICIT);
        for (long id : outgoing) {
            change.and(Kind.REMOVE, id);
        }
        for (long id : incoming) {
            change.and(Kind.ADD_VOTER, id);
        }
        return MembershipEdit.of(Membership.ofVoters(outgoing), change).result();
    }

    @TestFactory
    List<DynamicTest> shouldChangeMembershipsAsTheTableSays() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        Story story = null;
        for (String line : lines("membership.txt")) {
            if (line.startsWith("story: ")) {
                story = new Story();
            } else {
                Story current = story;
                tests.add(DynamicTest.dynamicTest(line, () -> current.step(line.split("\\|", -1))));
            }
        }
        return tests;
    }

    /** A configuration and its progress, through several steps. */
    private static final class Story {
        private final ProgressTable progress = new ProgressTable(1, 1);
        private Membership membership = Membership.EMPTY;
        private long lastIndex;

        void step(String[] fact) {
            MembershipChange change = new MembershipChange(Transition.AUTO);
            for (String what : fact[1].strip().split(" ", -1)) {
                if (!what.equals(".")) {
                    change.and(kind(what.charAt(0)), Long.parseLong(what.substring(1)));
                }
            }
            MembershipEdit edit = switch (fact[0].strip()) {
                case "simple" -> MembershipEdit.simple(membership, change);
                case "joint" -> MembershipEdit.enterJoint(membership, change, false);
                case "joint-auto" -> MembershipEdit.enterJoint(membership, change, true);
                default -> MembershipEdit.leaveJoint(membership);
            };
            String expected = fact[2].strip();
            if (edit.refusal() != MembershipEdit.Refusal.NONE) {
                assertEquals(expected, edit.refusal().name());
                assertEquals(membership, edit.result());
            } else {
                membership = edit.result();
                progress.update(membership, lastIndex);
                assertEquals(expected, membership.toString());
                assertEquals(fact[3].strip(), describeProgress());
            }
            lastIndex++;
        }

        private String describeProgress() {
            StringJoiner text = new StringJoiner(" ");
            for (int i = 0; i < progress.count(); i++) {
                Progress member = progress.at(i);
                assertEquals(Progress.State.PROBE, member.state());
                assertEquals(0, member.match());
                text.add(member.memberId() + "@" + member.next() + (member.isLearner() ? "L" : ""));
            }
            return text.toString();
        }

        private static Kind kind(char sign) {
            return switch (sign) {
                case '+' -> Kind.ADD_VOTER;
                case '~' -> Kind.ADD_LEARNER;
                case '-' -> Kind.REMOVE;
                default -> Kind.UPDATE;
            };
        }
    }

    @Test
    void shouldHaveLostNoFact() throws IOException {
        assertEquals(66, lines("commit.txt").size());
        assertEquals(61, lines("vote.txt").size());
        long steps = lines("membership.txt").stream()
                .filter(line -> !line.startsWith("story: "))
                .count();
        assertEquals(58, steps);
    }

    private static long[] ids(String text) {
        String trimmed = text.strip();
        if (trimmed.equals("-")) {
            return new long[0];
        }
        String[] parts = trimmed.split(" ", -1);
        long[] ids = new long[parts.length];
        for (int i = 0; i < parts.length; i++) {
            ids[i] = Long.parseLong(parts[i]);
        }
        return ids;
    }

    private static List<String> lines(String name) throws IOException {
        try (InputStream in = FactsTest.class.getResourceAsStream("/facts/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        }
    }
}
