package io.stele.client.cli;

import java.util.List;

/** Lines for people and for pipes: keys and values as they are, byte for byte. */
final class SimpleFormat implements OutputFormat {
    private final Console console;
    private final boolean hex;
    private final boolean valuesOnly;

    SimpleFormat(Console console, boolean hex, boolean valuesOnly) {
        this.console = console;
        this.hex = hex;
        this.valuesOnly = valuesOnly;
    }

    @Override
    public void put(Reply.Put reply) {
        console.println("OK");
        if (reply.previous() != null) {
            pair(reply.previous());
        }
    }

    @Override
    public void range(Reply.Range reply) {
        reply.pairs().forEach(this::pair);
    }

    @Override
    public void delete(Reply.Delete reply) {
        console.println(String.valueOf(reply.deleted()));
        reply.previous().forEach(this::pair);
    }

    @Override
    public void txn(Reply.Txn reply) {
        console.println(reply.succeeded() ? "SUCCESS" : "FAILURE");
        for (Reply part : reply.replies()) {
            console.println("");
            if (part instanceof Reply.Put put) {
                put(put);
            } else if (part instanceof Reply.Range range) {
                range(range);
            } else if (part instanceof Reply.Delete delete) {
                delete(delete);
            }
        }
    }

    void pair(Reply.Pair pair) {
        if (!valuesOnly) {
            console.println(hex ? hex(pair.key()) : pair.key());
        }
        console.println(hex ? hex(pair.value()) : pair.value());
    }

    @Override
    public void watched(Reply.Watched reply) {
        for (Reply.Event event : reply.events()) {
            console.println(event.deletion() ? "DELETE" : "PUT");
            if (event.previous() != null) {
                pair(event.previous());
            }
            pair(event.pair());
        }
    }

    /** \x62\x69\x6e */
    private static String hex(String octets) {
        StringBuilder out = new StringBuilder(octets.length() * 4);
        for (int i = 0; i < octets.length(); i++) {
            GoQuote.hex(out.append("\\x"), octets.charAt(i), 2);
        }
        return out.toString();
    }

    @Override
    public void leaseGranted(Reply.Lease reply) {
        console.println("lease " + GoNumber.hex16(reply.id()) + " granted with TTL(" + reply.ttl() + "s)");
    }

    @Override
    public void leaseRevoked(long id, Reply.Done reply) {
        console.println("lease " + GoNumber.hex16(id) + " revoked");
    }

    @Override
    public void leaseRenewed(Reply.Lease reply) {
        console.println("lease " + GoNumber.hex16(reply.id()) + " keepalived with TTL(" + reply.ttl() + ")");
    }

    @Override
    public void leaseTime(Reply.LeaseTime reply, boolean keys) {
        String lease = "lease " + GoNumber.hex16(reply.id());
        if (reply.grantedTtl() == 0 && reply.ttl() == -1) {
            console.println(lease + " already expired");
            return;
        }
        String attached = keys ? ", attached keys([" + String.join(" ", reply.keys()) + "])" : "";
        console.println(
                lease + " granted with TTL(" + reply.grantedTtl() + "s), remaining(" + reply.ttl() + "s)" + attached);
    }

    @Override
    public void leases(Reply.Leases reply) {
        console.println("found " + reply.ids().size() + " leases");
        for (long id : reply.ids()) {
            console.println(GoNumber.hex16(id));
        }
    }

    @Override
    public void members(Reply.Members reply) {
        for (Reply.Member member : reply.members()) {
            console.println(String.join(", ", TableFormat.memberRow(member)));
        }
    }

    @Override
    public void memberAdded(Reply.Members reply) {
        memberChanged(reply, "added to");
        StringBuilder cluster = new StringBuilder();
        String name = "";
        String urls = "";
        for (Reply.Member member : reply.members()) {
            for (String url : member.peerUrls()) {
                cluster.append(cluster.length() == 0 ? "" : ",")
                        .append(member.name())
                        .append('=')
                        .append(url);
            }
            if (member.id() == reply.changed()) {
                name = member.name();
                urls = String.join(",", member.peerUrls());
            }
        }
        console.println("");
        console.println("STELE_NAME=\"" + name + "\"");
        console.println("STELE_INITIAL_CLUSTER=\"" + cluster + "\"");
        console.println("STELE_INITIAL_ADVERTISE_PEER_URLS=\"" + urls + "\"");
        console.println("STELE_INITIAL_CLUSTER_STATE=\"existing\"");
    }

    @Override
    public void memberChanged(Reply.Members reply, String done) {
        console.println("Member " + GoNumber.hex16(reply.changed()) + " " + done + " cluster "
                + GoNumber.hex16(reply.header().clusterId()));
    }

    @Override
    public void leaderMoved(Reply.Done reply, long from, long to) {
        console.println("Leadership transferred from " + Long.toHexString(from) + " to " + Long.toHexString(to));
    }

    @Override
    public void alarms(Reply.Alarms reply) {
        for (Reply.Alarm alarm : reply.alarms()) {
            console.println("memberID:" + Long.toUnsignedString(alarm.memberId()) + " alarm:" + alarm.kind() + " ");
        }
    }

    @Override
    public void downgraded(Reply.Downgrade reply, String text) {
        console.println(text);
    }

    @Override
    public void authChanged(Reply.Auth reply, String text) {
        console.println(text);
    }

    @Override
    public void authStatus(Reply.Auth reply) {
        console.println("Authentication Status: " + reply.enabled());
        console.println("AuthRevision: " + reply.authRevision());
    }

    @Override
    public void user(String name, Reply.Auth reply) {
        StringBuilder roles = new StringBuilder("Roles:");
        reply.names().forEach(role -> roles.append(' ').append(role));
        console.println("User: " + name);
        console.println(roles.toString());
    }

    @Override
    public void users(Reply.Auth reply) {
        reply.names().forEach(console::println);
    }

    @Override
    public void roles(Reply.Auth reply) {
        reply.names().forEach(console::println);
    }

    @Override
    public void role(String name, Reply.Auth reply) {
        console.println("Role " + name);
        console.println("KV Read:");
        permissions(reply, Reply.PermissionType.WRITE);
        console.println("KV Write:");
        permissions(reply, Reply.PermissionType.READ);
    }

    private void permissions(Reply.Auth reply, Reply.PermissionType leftOut) {
        for (Reply.Permission permission : reply.permissions()) {
            if (permission.type() != leftOut) {
                console.println("\t" + range(permission.key(), permission.end()));
            }
        }
    }

    private static String range(String key, String end) {
        if (end.isEmpty()) {
            return key;
        }
        boolean isPrefix = !key.isEmpty() && end.equals(Operation.prefixEnd(key));
        return RoleCommands.range(key, end) + (isPrefix ? " (prefix " + key + ")" : "");
    }

    @Override
    public void hashes(List<EndpointHash> list) {
        for (EndpointHash hash : list) {
            console.println(String.join(", ", TableFormat.hashRow(hash)));
        }
    }

    @Override
    public void health(List<Health> list) {
        for (Health health : list) {
            if (health.error().isEmpty()) {
                console.println(
                        health.endpoint() + " is healthy: successfully committed proposal: took = " + health.took());
            } else {
                console.complain(health.endpoint() + " is unhealthy: failed to commit proposal: " + health.error());
            }
        }
    }

    @Override
    public void status(List<EndpointStatus> list) {
        for (EndpointStatus status : list) {
            console.println(String.join(", ", TableFormat.statusRow(status)));
        }
    }
}
