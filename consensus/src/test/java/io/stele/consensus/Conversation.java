package io.stele.consensus;

import io.stele.consensus.membership.Membership;
import io.stele.consensus.membership.MembershipChange;
import io.stele.consensus.membership.MembershipChange.Kind;
import io.stele.consensus.membership.MembershipChange.Transition;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Plays a script: lines that begin with {@code >} are commands, everything after a command is what came of it.
 *
 * <pre>
 *   > members 3 [prevote=off] [checkquorum=off] [inflight=N] [batch=N]
 *   > join 4                 a member without a configuration
 *   > campaign 1             > tick 1 10            > propose 1 text     > read 1
 *   > work 1                 its batches, nothing forced: what it sends is on its way
 *   > sync 1                 begins and ends a force > begin-sync 1      > end-sync 1
 *   > deliver [1->2]         what is on its way now  > lose [1->2]
 *   > settle                 all of that until nothing is left to do
 *   > cut 3                  > heal
 *   > crash 1 [luck]         > restart 1            > checkpoint 1       > release 1
 *   > transfer 1 2           > change 1 +4 ~3 -2 [joint | explicit]      > leave 1
 *   > status
 * </pre>
 */
final class Conversation {
    private final StringBuilder text = new StringBuilder();
    private Cluster cluster;
    private boolean preVote = true;
    private boolean checkQuorum = true;
    private int inflight = 256;
    private int batch = 4096;

    /** The script with what really came of each command. */
    String play(List<String> script) {
        for (String line : script) {
            if (line.startsWith("#")) {
                text.append(line).append('\n');
            } else if (line.startsWith(">")) {
                if (text.length() > 0) {
                    text.append('\n');
                }
                text.append(line).append('\n');
                run(line.substring(1).strip().split("\\s+", -1));
            }
        }
        return text.toString();
    }

    private void tell(String line) {
        text.append("  ").append(line).append('\n');
    }

    private void run(String[] words) {
        if (words[0].equals("members")) {
            start(words);
            return;
        }
        long id = words.length > 1 && Character.isDigit(words[1].charAt(0)) && !words[1].contains("->")
                ? Long.parseLong(words[1])
                : 0;
        TestMember member = id == 0 ? null : cluster.member(id);
        switch (words[0]) {
            case "join" -> cluster.add(id, Membership.EMPTY);
            case "deliver" -> take(words).forEach(cluster::deliver);
            case "lose" -> take(words).forEach(cluster::lose);
            case "settle" -> cluster.settle();
            case "cut" -> cluster.cutOff(id);
            case "heal" -> cluster.heal();
            case "status" -> tell(cluster.describe().strip().replace("\n", "\n  "));
            default -> runAt(member, words);
        }
        tellReads();
    }

    private void runAt(TestMember member, String[] words) {
        switch (words[0]) {
            case "campaign" -> member.raft().campaign();
            case "tick" -> tick(member, Integer.parseInt(words[2]));
            case "propose" -> tell(ProposeResult.text(member.propose(words[2])));
            case "read" -> tell("read " + cluster.read(member.id()));
            case "work" -> cluster.work(member);
            case "sync" -> sync(member);
            case "begin-sync" -> member.beginSync();
            case "end-sync" -> member.endSync();
            case "crash" -> member.crash(words.length > 2 ? Integer.parseInt(words[2]) : 0);
            case "restart" -> member.restart(cluster.configOf(member.id()));
            case "checkpoint" -> member.checkpoint();
            case "release" -> member.release(0);
            case "transfer" -> member.raft().transferLeadership(Long.parseLong(words[2]));
            case "change" -> tell(ProposeResult.text(member.raft().proposeMembership(change(words))));
            case "leave" -> tell(ProposeResult.text(member.raft().proposeMembership(MembershipChange.leave())));
            default -> throw new IllegalArgumentException("unknown command " + words[0]);
        }
    }

    private void start(String[] words) {
        for (int i = 2; i < words.length; i++) {
            String[] option = words[i].split("=", -1);
            switch (option[0]) {
                case "prevote" -> preVote = option[1].equals("on");
                case "checkquorum" -> checkQuorum = option[1].equals("on");
                case "inflight" -> inflight = Integer.parseInt(option[1]);
                case "batch" -> batch = Integer.parseInt(option[1]);
                default -> throw new IllegalArgumentException("unknown option " + words[i]);
            }
        }
        cluster = Cluster.ofVoters(
                Integer.parseInt(words[1]),
                id -> Cluster.config(id)
                        .preVote(preVote)
                        .checkQuorum(checkQuorum)
                        .inflightMessagesMax(inflight)
                        .appendEntriesMax(batch));
        cluster.tell(this::tell);
    }

    private void tick(TestMember member, int count) {
        for (int i = 0; i < count; i++) {
            member.raft().tick();
        }
    }

    private void sync(TestMember member) {
        cluster.work(member);
        member.sync();
        cluster.work(member);
    }

    private List<Packet> take(String[] words) {
        Predicate<Packet> wanted =
                words.length == 1 ? packet -> true : packet -> (packet.from() + "->" + packet.to()).equals(words[1]);
        List<Packet> taken =
                new ArrayList<>(cluster.onTheWay().stream().filter(wanted).toList());
        cluster.onTheWay().removeIf(wanted);
        return taken;
    }

    private static MembershipChange change(String[] words) {
        String last = words[words.length - 1];
        Transition transition = switch (last) {
            case "joint" -> Transition.JOINT_IMPLICIT;
            case "explicit" -> Transition.JOINT_EXPLICIT;
            default -> Transition.AUTO;
        };
        MembershipChange change = new MembershipChange(transition);
        for (int i = 2; i < words.length; i++) {
            Kind kind = switch (words[i].charAt(0)) {
                case '+' -> Kind.ADD_VOTER;
                case '~' -> Kind.ADD_LEARNER;
                case '-' -> Kind.REMOVE;
                case '=' -> Kind.UPDATE;
                default -> null;
            };
            if (kind != null) {
                change.and(kind, Long.parseLong(words[i].substring(1)));
            }
        }
        return change;
    }

    private void tellReads() {
        for (TestMember member : cluster.members().values()) {
            for (TestMember.Read read : member.reads()) {
                tell(member.id() + " serves read " + read.requestId() + " at " + read.readIndex());
            }
            for (long dropped : member.droppedReads()) {
                tell(member.id() + " drops read " + dropped);
            }
            member.reads().clear();
            member.droppedReads().clear();
            cluster.checker().forgetReads(member);
        }
    }
}
