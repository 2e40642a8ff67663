package io.stele.client.cli;

import java.util.List;

/** One JSON object on one line, with etcd's names: bytes in base64, fields that are zero left out. */
final class JsonFormat implements OutputFormat {
    private final Console console;

    JsonFormat(Console console) {
        this.console = console;
    }

    private void println(JsonText json) {
        console.println(json.toString());
    }

    private static JsonText header(JsonText json, Reply.Header header) {
        json.begin("header");
        headerFields(json, header);
        return json.end();
    }

    private static void headerFields(JsonText json, Reply.Header header) {
        json.unsignedIfSet("cluster_id", header.clusterId())
                .unsignedIfSet("member_id", header.memberId())
                .numberIfSet("revision", header.revision())
                .unsignedIfSet("raft_term", header.raftTerm());
    }

    private static void pairFields(JsonText json, Reply.Pair pair) {
        json.bytesIfSet("key", pair.key())
                .numberIfSet("create_revision", pair.createRevision())
                .numberIfSet("mod_revision", pair.modRevision())
                .numberIfSet("version", pair.version())
                .bytesIfSet("value", pair.value())
                .numberIfSet("lease", pair.lease());
    }

    private static void pairs(JsonText json, String name, List<Reply.Pair> pairs) {
        if (pairs.isEmpty()) {
            return;
        }
        json.beginList(name);
        for (Reply.Pair pair : pairs) {
            json.begin();
            pairFields(json, pair);
            json.end();
        }
        json.endList();
    }

    private static void putFields(JsonText json, Reply.Put reply) {
        header(json, reply.header());
        if (reply.previous() != null) {
            json.begin("prev_kv");
            pairFields(json, reply.previous());
            json.end();
        }
    }

    private static void rangeFields(JsonText json, Reply.Range reply) {
        header(json, reply.header());
        pairs(json, "kvs", reply.pairs());
        json.flagIfSet("more", reply.more()).numberIfSet("count", reply.count());
    }

    private static void deleteFields(JsonText json, Reply.Delete reply) {
        header(json, reply.header());
        json.numberIfSet("deleted", reply.deleted());
        pairs(json, "prev_kvs", reply.previous());
    }

    private static void txnFields(JsonText json, Reply.Txn reply) {
        header(json, reply.header());
        json.flagIfSet("succeeded", reply.succeeded());
        if (reply.replies().isEmpty()) {
            return;
        }
        json.beginList("responses");
        for (Reply part : reply.replies()) {
            json.begin().begin("Response");
            part(json, part);
            json.end().end();
        }
        json.endList();
    }

    private static void part(JsonText json, Reply part) {
        if (part instanceof Reply.Put put) {
            putFields(json.begin("response_put"), put);
        } else if (part instanceof Reply.Range range) {
            rangeFields(json.begin("response_range"), range);
        } else if (part instanceof Reply.Delete delete) {
            deleteFields(json.begin("response_delete_range"), delete);
        } else if (part instanceof Reply.Txn txn) {
            txnFields(json.begin("response_txn"), txn);
        }
        json.end();
    }

    @Override
    public void watched(Reply.Watched reply) {
        JsonText json = new JsonText().begin();
        headerFields(json.begin("Header"), reply.header());
        json.end();
        json.beginList("Events");
        for (Reply.Event event : reply.events()) {
            json.begin().numberIfSet("type", event.deletion() ? 1 : 0);
            pairFields(json.begin("kv"), event.pair());
            json.end();
            if (event.previous() != null) {
                pairFields(json.begin("prev_kv"), event.previous());
                json.end();
            }
            json.end();
        }
        json.endList();
        json.number("CompactRevision", reply.compactRevision())
                .flag("Canceled", reply.canceled())
                .flag("Created", false);
        println(json.end());
    }

    @Override
    public void put(Reply.Put reply) {
        JsonText json = new JsonText().begin();
        putFields(json, reply);
        println(json.end());
    }

    @Override
    public void range(Reply.Range reply) {
        JsonText json = new JsonText().begin();
        rangeFields(json, reply);
        println(json.end());
    }

    @Override
    public void delete(Reply.Delete reply) {
        JsonText json = new JsonText().begin();
        deleteFields(json, reply);
        println(json.end());
    }

    @Override
    public void txn(Reply.Txn reply) {
        JsonText json = new JsonText().begin();
        txnFields(json, reply);
        println(json.end());
    }

    @Override
    public void leaseGranted(Reply.Lease reply) {
        JsonText json = new JsonText().begin();
        headerFields(json, reply.header());
        println(json.number("ID", reply.id())
                .number("TTL", reply.ttl())
                .text("Error", "")
                .end());
    }

    @Override
    public void leaseRevoked(long id, Reply.Done reply) {
        println(header(new JsonText().begin(), reply.header()).end());
    }

    @Override
    public void leaseRenewed(Reply.Lease reply) {
        JsonText json = new JsonText().begin();
        headerFields(json, reply.header());
        println(json.number("ID", reply.id()).number("TTL", reply.ttl()).end());
    }

    @Override
    public void leaseTime(Reply.LeaseTime reply, boolean keys) {
        JsonText json = new JsonText().begin();
        headerFields(json, reply.header());
        json.number("id", reply.id()).number("ttl", reply.ttl()).number("granted-ttl", reply.grantedTtl());
        if (reply.keys().isEmpty()) {
            json.nothing("keys");
        } else {
            json.beginList("keys");
            reply.keys().forEach(json::bytes);
            json.endList();
        }
        println(json.end());
    }

    @Override
    public void leases(Reply.Leases reply) {
        JsonText json = new JsonText().begin();
        headerFields(json, reply.header());
        json.beginList("leases");
        for (long id : reply.ids()) {
            json.begin().number("id", id).end();
        }
        println(json.endList().end());
    }

    @Override
    public void members(Reply.Members reply) {
        JsonText json = new JsonText().begin();
        header(json, reply.header()).beginList("members");
        for (Reply.Member member : reply.members()) {
            memberFields(json.begin(), member);
            json.end();
        }
        println(json.endList().end());
    }

    @Override
    public void memberAdded(Reply.Members reply) {
        JsonText json = new JsonText().begin();
        header(json, reply.header());
        for (Reply.Member member : reply.members()) {
            if (member.id() == reply.changed()) {
                memberFields(json.begin("member"), member);
                json.end();
            }
        }
        json.beginList("members");
        for (Reply.Member member : reply.members()) {
            memberFields(json.begin(), member);
            json.end();
        }
        println(json.endList().end());
    }

    @Override
    public void memberChanged(Reply.Members reply, String done) {
        members(reply);
    }

    @Override
    public void leaderMoved(Reply.Done reply, long from, long to) {
        println(header(new JsonText().begin(), reply.header()).end());
    }

    private static void memberFields(JsonText json, Reply.Member member) {
        json.unsignedIfSet("ID", member.id()).textIfSet("name", member.name());
        texts(json, "peerURLs", member.peerUrls());
        texts(json, "clientURLs", member.clientUrls());
        json.flagIfSet("isLearner", member.learner());
    }

    private static void texts(JsonText json, String name, List<String> texts) {
        if (!texts.isEmpty()) {
            json.beginList(name);
            texts.forEach(json::text);
            json.endList();
        }
    }

    @Override
    public void alarms(Reply.Alarms reply) {
        JsonText json = header(new JsonText().begin(), reply.header());
        if (!reply.alarms().isEmpty()) {
            json.beginList("alarms");
            for (Reply.Alarm alarm : reply.alarms()) {
                json.begin().unsignedIfSet("memberID", alarm.memberId());
                json.numberIfSet("alarm", alarm.kind().equals("NOSPACE") ? 1 : 2)
                        .end();
            }
            json.endList();
        }
        println(json.end());
    }

    @Override
    public void downgraded(Reply.Downgrade reply, String text) {
        println(header(new JsonText().begin(), reply.header())
                .textIfSet("version", reply.version())
                .end());
    }

    @Override
    public void authChanged(Reply.Auth reply, String text) {
        println(header(new JsonText().begin(), reply.header()).end());
    }

    @Override
    public void authStatus(Reply.Auth reply) {
        println(header(new JsonText().begin(), reply.header())
                .flagIfSet("enabled", reply.enabled())
                .numberIfSet("authRevision", reply.authRevision())
                .end());
    }

    @Override
    public void user(String name, Reply.Auth reply) {
        names("roles", reply);
    }

    @Override
    public void users(Reply.Auth reply) {
        names("users", reply);
    }

    @Override
    public void roles(Reply.Auth reply) {
        names("roles", reply);
    }

    private void names(String field, Reply.Auth reply) {
        JsonText json = header(new JsonText().begin(), reply.header());
        texts(json, field, reply.names());
        println(json.end());
    }

    private static int typeNumber(Reply.PermissionType type) {
        return switch (type) {
            case READ -> 0;
            case WRITE -> 1;
            case READWRITE -> 2;
        };
    }

    @Override
    public void role(String name, Reply.Auth reply) {
        JsonText json = header(new JsonText().begin(), reply.header());
        if (!reply.permissions().isEmpty()) {
            json.beginList("perm");
            for (Reply.Permission permission : reply.permissions()) {
                json.begin()
                        .numberIfSet("permType", typeNumber(permission.type()))
                        .bytesIfSet("key", permission.key())
                        .bytesIfSet("range_end", permission.end())
                        .end();
            }
            json.endList();
        }
        println(json.end());
    }

    @Override
    public void hashes(List<EndpointHash> list) {
        if (list.isEmpty()) {
            console.println("null");
            return;
        }
        JsonText json = new JsonText().beginList();
        for (EndpointHash each : list) {
            json.begin().text("Endpoint", each.endpoint()).begin("HashKV");
            header(json, each.hash().header())
                    .numberIfSet("hash", each.hash().hash())
                    .numberIfSet("compact_revision", each.hash().compactRevision())
                    .numberIfSet("hash_revision", each.hash().hashRevision())
                    .end()
                    .end();
        }
        println(json.endList());
    }

    @Override
    public void health(List<Health> list) {
        JsonText json = new JsonText().beginList();
        for (Health health : list) {
            json.begin().text("endpoint", health.endpoint()).flag("health", health.healthy());
            json.text("took", health.took());
            if (!health.error().isEmpty()) {
                json.text("error", health.error());
            }
            json.end();
        }
        println(json.endList());
    }

    @Override
    public void status(List<EndpointStatus> list) {
        if (list.isEmpty()) {
            console.println("null");
            return;
        }
        JsonText json = new JsonText().beginList();
        for (EndpointStatus endpoint : list) {
            Reply.Status status = endpoint.status();
            json.begin().text("Endpoint", endpoint.endpoint()).begin("Status");
            header(json, status.header())
                    .textIfSet("version", status.version())
                    .numberIfSet("dbSize", status.space().length())
                    .unsignedIfSet("leader", status.leader())
                    .numberIfSet("raftIndex", status.progress().index())
                    .unsignedIfSet("raftTerm", status.header().raftTerm())
                    .numberIfSet("raftAppliedIndex", status.progress().appliedIndex());
            if (!status.errors().isEmpty()) {
                json.beginList("errors");
                status.errors().forEach(json::text);
                json.endList();
            }
            json.numberIfSet("dbSizeInUse", status.space().lengthInUse())
                    .flagIfSet("isLearner", status.learner())
                    .textIfSet("storageVersion", status.storageVersion())
                    .numberIfSet("dbSizeQuota", status.space().quota());
            json.end().end();
        }
        println(json.endList());
    }
}
