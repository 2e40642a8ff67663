package io.stele.client.cli;

import java.util.ArrayList;
import java.util.List;

/** A drawn table, for members and the state of endpoints; answers about keys and leases have no such form. */
final class TableFormat implements OutputFormat {
    private static final List<String> STATUS_TITLES = List.of(
            "ENDPOINT",
            "ID",
            "VERSION",
            "STORAGE VERSION",
            "DB SIZE",
            "IN USE",
            "PERCENTAGE NOT IN USE",
            "QUOTA",
            "IS LEADER",
            "IS LEARNER",
            "RAFT TERM",
            "RAFT INDEX",
            "RAFT APPLIED INDEX",
            "ERRORS",
            "DOWNGRADE TARGET VERSION",
            "DOWNGRADE ENABLED");
    private static final List<String> MEMBER_TITLES =
            List.of("ID", "STATUS", "NAME", "PEER ADDRS", "CLIENT ADDRS", "IS LEARNER");
    private static final List<String> HEALTH_TITLES = List.of("ENDPOINT", "HEALTH", "TOOK", "ERROR");

    private static final List<String> HASH_TITLES = List.of("ENDPOINT", "HASH", "HASH REVISION");

    private final Console console;

    TableFormat(Console console) {
        this.console = console;
    }

    static CliException unsupported() {
        return new CliException(CliException.BAD_FEATURE, "table not supported as output format");
    }

    @Override
    public void put(Reply.Put reply) {
        throw unsupported();
    }

    @Override
    public void range(Reply.Range reply) {
        throw unsupported();
    }

    @Override
    public void delete(Reply.Delete reply) {
        throw unsupported();
    }

    @Override
    public void txn(Reply.Txn reply) {
        throw unsupported();
    }

    @Override
    public void watched(Reply.Watched reply) {
        throw unsupported();
    }

    @Override
    public void leaseGranted(Reply.Lease reply) {
        throw unsupported();
    }

    @Override
    public void leaseRevoked(long id, Reply.Done reply) {
        throw unsupported();
    }

    @Override
    public void leaseRenewed(Reply.Lease reply) {
        throw unsupported();
    }

    @Override
    public void leaseTime(Reply.LeaseTime reply, boolean keys) {
        throw unsupported();
    }

    @Override
    public void leases(Reply.Leases reply) {
        throw unsupported();
    }

    @Override
    public void alarms(Reply.Alarms reply) {
        throw unsupported();
    }

    @Override
    public void downgraded(Reply.Downgrade reply, String text) {
        throw unsupported();
    }

    @Override
    public void authChanged(Reply.Auth reply, String text) {
        throw unsupported();
    }

    @Override
    public void authStatus(Reply.Auth reply) {
        throw unsupported();
    }

    @Override
    public void user(String name, Reply.Auth reply) {
        throw unsupported();
    }

    @Override
    public void users(Reply.Auth reply) {
        throw unsupported();
    }

    @Override
    public void role(String name, Reply.Auth reply) {
        throw unsupported();
    }

    @Override
    public void roles(Reply.Auth reply) {
        throw unsupported();
    }

    @Override
    public void hashes(List<EndpointHash> list) {
        List<List<String>> rows = new ArrayList<>();
        for (EndpointHash hash : list) {
            rows.add(hashRow(hash));
        }
        draw(HASH_TITLES, rows);
    }

    /** What the table shows of a checksum, and the simple format with commas between. */
    static List<String> hashRow(EndpointHash each) {
        return List.of(
                each.endpoint(),
                String.valueOf(each.hash().hash()),
                String.valueOf(each.hash().hashRevision()));
    }

    @Override
    public void health(List<Health> list) {
        List<List<String>> rows = new ArrayList<>();
        for (Health health : list) {
            rows.add(List.of(health.endpoint(), String.valueOf(health.healthy()), health.took(), health.error()));
        }
        draw(HEALTH_TITLES, rows);
    }

    @Override
    public void status(List<EndpointStatus> list) {
        List<List<String>> rows = new ArrayList<>();
        for (EndpointStatus status : list) {
            rows.add(statusRow(status));
        }
        draw(STATUS_TITLES, rows);
    }

    @Override
    public void members(Reply.Members reply) {
        List<List<String>> rows = new ArrayList<>();
        for (Reply.Member member : reply.members()) {
            rows.add(memberRow(member));
        }
        draw(MEMBER_TITLES, rows);
    }

    @Override
    public void memberAdded(Reply.Members reply) {
        throw unsupported();
    }

    @Override
    public void memberChanged(Reply.Members reply, String done) {
        throw unsupported();
    }

    @Override
    public void leaderMoved(Reply.Done reply, long from, long to) {
        throw unsupported();
    }

    /** What the table shows of a member, and the simple format with commas between. */
    static List<String> memberRow(Reply.Member member) {
        return List.of(
                Long.toHexString(member.id()),
                member.name().isEmpty() ? "unstarted" : "started",
                member.name(),
                String.join(",", member.peerUrls()),
                String.join(",", member.clientUrls()),
                String.valueOf(member.learner()));
    }

    /** What the table shows of an endpoint, and the simple format with commas between. */
    static List<String> statusRow(EndpointStatus endpoint) {
        Reply.Status status = endpoint.status();
        Reply.Header header = status.header();
        Reply.Space space = status.space();
        long unusedPercent = space.length() == 0 ? 0 : 100 - space.lengthInUse() * 100 / space.length();
        return List.of(
                endpoint.endpoint(),
                Long.toHexString(header.memberId()),
                status.version(),
                status.storageVersion(),
                GoNumber.formatBytes(space.length()),
                GoNumber.formatBytes(space.lengthInUse()),
                unusedPercent + "%",
                GoNumber.formatBytes(space.quota()),
                String.valueOf(status.leader() == header.memberId()),
                String.valueOf(status.learner()),
                Long.toUnsignedString(header.raftTerm()),
                String.valueOf(status.progress().index()),
                String.valueOf(status.progress().appliedIndex()),
                String.join(", ", status.errors()),
                "",
                "false");
    }

    /** Titles centred, cells to the right. */
    private void draw(List<String> titles, List<List<String>> rows) {
        int[] widths = new int[titles.size()];
        StringBuilder rule = new StringBuilder("+");
        for (int column = 0; column < widths.length; column++) {
            widths[column] = titles.get(column).length();
            for (List<String> row : rows) {
                widths[column] =
                        Math.max(widths[column], Octets.text(row.get(column)).length());
            }
            rule.append("-".repeat(widths[column] + 2)).append('+');
        }
        console.println(rule.toString());
        StringBuilder line = new StringBuilder("|");
        for (int column = 0; column < widths.length; column++) {
            String title = titles.get(column);
            int gap = widths[column] - title.length();
            line.append(" ".repeat(gap / 2 + 1))
                    .append(title)
                    .append(" ".repeat(gap - gap / 2 + 1))
                    .append('|');
        }
        console.println(line.toString());
        console.println(rule.toString());
        for (List<String> row : rows) {
            line.setLength(1);
            for (int column = 0; column < widths.length; column++) {
                String cell = row.get(column);
                int gap = widths[column] - Octets.text(cell).length();
                line.append(" ".repeat(gap + 1)).append(cell).append(" |");
            }
            console.println(line.toString());
        }
        console.println(rule.toString());
    }
}
