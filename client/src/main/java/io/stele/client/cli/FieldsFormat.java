package io.stele.client.cli;

import java.util.List;

/** One field on each line: "Name" : value. */
final class FieldsFormat implements OutputFormat {
    private final Console console;
    private final boolean hex;

    FieldsFormat(Console console, boolean hex) {
        this.console = console;
        this.hex = hex;
    }

    private void field(String name, Object value) {
        console.println("\"" + name + "\" : " + value);
    }

    private void quoted(String name, String octets) {
        field(name, GoQuote.quote(octets));
    }

    private void header(Reply.Header header) {
        field("ClusterID", memberOrCluster(header.clusterId()));
        field("MemberID", memberOrCluster(header.memberId()));
        if (header.revision() > 0) {
            field("Revision", header.revision());
        }
        field("RaftTerm", Long.toUnsignedString(header.raftTerm()));
    }

    private String memberOrCluster(long id) {
        return hex ? Long.toHexString(id) : Long.toUnsignedString(id);
    }

    private Object lease(long id) {
        return hex ? GoNumber.hex16(id) : id;
    }

    private void pair(String prefix, Reply.Pair pair) {
        quoted(prefix + "Key", pair.key());
        field(prefix + "CreateRevision", pair.createRevision());
        field(prefix + "ModRevision", pair.modRevision());
        field(prefix + "Version", pair.version());
        quoted(prefix + "Value", pair.value());
        field(prefix + "Lease", lease(pair.lease()));
    }

    @Override
    public void put(Reply.Put reply) {
        header(reply.header());
        if (reply.previous() != null) {
            pair("Prev", reply.previous());
        }
    }

    @Override
    public void range(Reply.Range reply) {
        header(reply.header());
        for (Reply.Pair pair : reply.pairs()) {
            pair("", pair);
        }
        field("More", reply.more());
        field("Count", reply.count());
    }

    @Override
    public void delete(Reply.Delete reply) {
        header(reply.header());
        field("Deleted", reply.deleted());
        for (Reply.Pair pair : reply.previous()) {
            pair("Prev", pair);
        }
    }

    @Override
    public void watched(Reply.Watched reply) {
        header(reply.header());
        for (Reply.Event event : reply.events()) {
            field("Type", event.deletion() ? "DELETE" : "PUT");
            if (event.previous() != null) {
                pair("Prev", event.previous());
            }
            pair("", event.pair());
        }
    }

    @Override
    public void txn(Reply.Txn reply) {
        header(reply.header());
        field("Succeeded", reply.succeeded());
        for (Reply part : reply.replies()) {
            if (part instanceof Reply.Put put) {
                put(put);
            } else if (part instanceof Reply.Range range) {
                range(range);
            } else if (part instanceof Reply.Delete delete) {
                delete(delete);
            }
        }
    }

    @Override
    public void leaseGranted(Reply.Lease reply) {
        header(reply.header());
        field("ID", lease(reply.id()));
        field("TTL", reply.ttl());
    }

    @Override
    public void leaseRevoked(long id, Reply.Done reply) {
        header(reply.header());
    }

    @Override
    public void leaseRenewed(Reply.Lease reply) {
        leaseGranted(reply);
    }

    @Override
    public void leaseTime(Reply.LeaseTime reply, boolean keys) {
        header(reply.header());
        field("ID", lease(reply.id()));
        field("TTL", reply.ttl());
        field("GrantedTTL", reply.grantedTtl());
        for (String key : reply.keys()) {
            quoted("Key", key);
        }
    }

    @Override
    public void leases(Reply.Leases reply) {
        header(reply.header());
        for (long id : reply.ids()) {
            field("ID", lease(id));
        }
    }

    @Override
    public void members(Reply.Members reply) {
        header(reply.header());
        for (Reply.Member member : reply.members()) {
            field("ID", memberOrCluster(member.id()));
            quoted("Name", member.name());
            member.peerUrls().forEach(url -> quoted("PeerURL", url));
            member.clientUrls().forEach(url -> quoted("ClientURL", url));
            field("IsLearner", member.learner());
            console.println("");
        }
    }

    @Override
    public void memberAdded(Reply.Members reply) {
        members(reply);
    }

    @Override
    public void memberChanged(Reply.Members reply, String done) {
        members(reply);
    }

    @Override
    public void leaderMoved(Reply.Done reply, long from, long to) {
        header(reply.header());
    }

    @Override
    public void alarms(Reply.Alarms reply) {
        header(reply.header());
        for (Reply.Alarm alarm : reply.alarms()) {
            field("MemberID", Long.toUnsignedString(alarm.memberId()));
            field("AlarmType", alarm.kind());
            console.println("");
        }
    }

    @Override
    public void downgraded(Reply.Downgrade reply, String text) {
        header(reply.header());
        quoted("Version", reply.version());
    }

    static CliException unsupported() {
        return new CliException(CliException.BAD_FEATURE, "fields not supported as output format");
    }

    @Override
    public void authChanged(Reply.Auth reply, String text) {
        header(reply.header());
    }

    @Override
    public void authStatus(Reply.Auth reply) {
        header(reply.header());
        field("Enabled", reply.enabled());
        field("AuthRevision", reply.authRevision());
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
    public void roles(Reply.Auth reply) {
        header(reply.header());
        StringBuilder roles = new StringBuilder("\"Roles\" :");
        reply.names().forEach(role -> roles.append(' ').append(GoQuote.quote(role)));
        console.println(roles.toString());
    }

    @Override
    public void role(String name, Reply.Auth reply) {
        header(reply.header());
        for (Reply.Permission permission : reply.permissions()) {
            field("PermType", " " + permission.type());
            quoted("Key", permission.key());
            quoted("RangeEnd", permission.end());
        }
    }

    @Override
    public void hashes(List<EndpointHash> list) {
        for (EndpointHash each : list) {
            header(each.hash().header());
            quoted("Endpoint", each.endpoint());
            field("Hash", each.hash().hash());
            field("HashRevision", each.hash().hashRevision());
            console.println("");
        }
    }

    @Override
    public void health(List<Health> list) {
        for (Health health : list) {
            quoted("Endpoint", health.endpoint());
            field("Health", health.healthy());
            field("Took", health.took());
            field("Error", health.error());
            console.println("");
        }
    }

    @Override
    public void status(List<EndpointStatus> list) {
        for (EndpointStatus endpoint : list) {
            Reply.Status status = endpoint.status();
            header(status.header());
            quoted("Version", status.version());
            quoted("StorageVersion", status.storageVersion());
            field("DBSize", status.space().length());
            field("DBSizeInUse", status.space().lengthInUse());
            field("DBSizeQuota", status.space().quota());
            field("Leader", Long.toUnsignedString(status.leader()));
            field("IsLearner", status.learner());
            field("RaftIndex", status.progress().index());
            field("RaftTerm", Long.toUnsignedString(status.header().raftTerm()));
            field("RaftAppliedIndex", status.progress().appliedIndex());
            field("Errors", "[" + String.join(" ", status.errors()) + "]");
            quoted("Endpoint", endpoint.endpoint());
            quoted("DowngradeTargetVersion", "");
            field("DowngradeEnabled", false);
            console.println("");
        }
    }
}
