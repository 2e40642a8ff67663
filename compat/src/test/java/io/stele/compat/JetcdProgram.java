package io.stele.compat;

import static io.stele.compat.Calls.await;
import static io.stele.compat.Calls.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etcd.jetcd.Auth;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Election;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.auth.Permission;
import io.etcd.jetcd.election.CampaignResponse;
import io.etcd.jetcd.election.LeaderResponse;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.lock.LockResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/** A program that uses each of jetcd's clients, as its readers would. All keys begin with a prefix of the caller's. */
final class JetcdProgram {
    private final Client client;
    private final String prefix;

    JetcdProgram(Client client, String prefix) {
        this.client = client;
        this.prefix = prefix;
    }

    void keyValues() {
        KV kv = client.getKVClient();
        assertFalse(await(() -> kv.put(key("a"), bytes("1"))).hasPrevKv());
        PutOption withPrevious = PutOption.builder().withPrevKV().build();
        assertEquals(
                bytes("1"),
                await(() -> kv.put(key("a"), bytes("2"), withPrevious))
                        .getPrevKv()
                        .getValue());
        await(() -> kv.put(key("b"), bytes("3")));
        GetResponse one = await(() -> kv.get(key("a")));
        assertEquals(bytes("2"), one.getKvs().get(0).getValue());
        assertEquals(2, one.getKvs().get(0).getVersion());
        GetOption descending = GetOption.builder()
                .isPrefix(true)
                .withSortField(GetOption.SortTarget.KEY)
                .withSortOrder(GetOption.SortOrder.DESCEND)
                .withLimit(1)
                .build();
        GetResponse last = await(() -> kv.get(key(""), descending));
        assertEquals(key("b"), last.getKvs().get(0).getKey());
        assertEquals(2, last.getCount());
        assertTrue(last.isMore());
        long before = one.getKvs().get(0).getCreateRevision();
        GetOption then = GetOption.builder().withRevision(before).build();
        assertEquals(
                bytes("1"), await(() -> kv.get(key("a"), then)).getKvs().get(0).getValue());
        DeleteOption all =
                DeleteOption.builder().isPrefix(true).withPrevKV(true).build();
        assertEquals(2, await(() -> kv.delete(key(""), all)).getPrevKvs().size());
        long now = await(() -> kv.get(key("a"))).getHeader().getRevision();
        await(() -> kv.compact(now));
        Throwable compacted = Calls.failure(kv.get(key("a"), then));
        assertTrue(compacted.getMessage().contains("required revision has been compacted"), compacted.getMessage());
    }

    void transactions() {
        KV kv = client.getKVClient();
        Cmp absent = new Cmp(key("t"), Cmp.Op.EQUAL, CmpTarget.version(0));
        Op put = Op.put(key("t"), bytes("x"), PutOption.DEFAULT);
        Op get = Op.get(key("t"), GetOption.DEFAULT);
        Op nested = Op.txn(new Cmp[] {absent}, new Op[] {get}, new Op[0]); // compared before anything is done
        TxnResponse first =
                await(() -> kv.txn().If(absent).Then(put, nested).Else(get).commit());
        assertTrue(first.isSucceeded());
        TxnResponse inner = first.getTxnResponses().get(0);
        assertTrue(inner.isSucceeded());
        assertEquals(bytes("x"), inner.getGetResponses().get(0).getKvs().get(0).getValue());
        TxnResponse second = await(() -> kv.txn().If(absent).Then(put).Else(get).commit());
        assertFalse(second.isSucceeded());
        assertEquals(1, second.getGetResponses().get(0).getCount());
        Throwable twice = Calls.failure(kv.txn().Then(put, put).commit());
        assertTrue(twice.getMessage().contains("duplicate key given in txn request"), twice.getMessage());
    }

    @SuppressWarnings("try") // open while the body runs
    void watches() {
        KV kv = client.getKVClient();
        long revision = await(() -> kv.put(key("w/0"), bytes("0"))).getHeader().getRevision();
        WatchOption option = WatchOption.builder()
                .isPrefix(true)
                .withRevision(revision)
                .withPrevKV(true)
                .build();
        BlockingQueue<WatchEvent> events = new LinkedBlockingQueue<>();
        try (var watcher =
                client.getWatchClient().watch(key("w/"), option, response -> events.addAll(response.getEvents()))) {
            await(() -> kv.put(key("w/0"), bytes("1")));
            await(() -> kv.delete(key("w/0")));
            assertEquals(bytes("0"), Calls.take(events).getKeyValue().getValue());
            WatchEvent second = Calls.take(events);
            assertEquals(bytes("1"), second.getKeyValue().getValue());
            assertEquals(bytes("0"), second.getPrevKV().getValue());
            assertEquals(WatchEvent.EventType.DELETE, Calls.take(events).getEventType());
        }
    }

    void leases() {
        Lease lease = client.getLeaseClient();
        long id = await(() -> lease.grant(60)).getID();
        await(() -> client.getKVClient()
                .put(key("l"), bytes("x"), PutOption.builder().withLeaseId(id).build()));
        var timeToLive = await(() ->
                lease.timeToLive(id, LeaseOption.builder().withAttachedKeys().build()));
        assertEquals(60, timeToLive.getGrantedTTL());
        assertEquals(List.of(key("l")), timeToLive.getKeys());
        assertEquals(60, await(() -> lease.keepAliveOnce(id)).getTTL());
        await(() -> lease.revoke(id));
        assertEquals(0, await(() -> client.getKVClient().get(key("l"))).getCount());
        assertEquals(-1, await(() -> lease.timeToLive(id, LeaseOption.DEFAULT)).getTTL());
    }

    void locks() {
        long mine = await(() -> client.getLeaseClient().grant(60)).getID();
        long theirs = await(() -> client.getLeaseClient().grant(60)).getID();
        LockResponse held = await(() -> client.getLockClient().lock(key("lock"), mine));
        CompletableFuture<LockResponse> waiting = client.getLockClient().lock(key("lock"), theirs);
        await(() -> client.getKVClient().get(held.getKey())); // the other has had time to come to nothing
        assertFalse(waiting.isDone());
        await(() -> client.getLockClient().unlock(held.getKey()));
        LockResponse next = await(() -> waiting);
        assertNotEquals(held.getKey(), next.getKey());
        await(() -> client.getLockClient().unlock(next.getKey()));
        await(() -> client.getLeaseClient().revoke(mine));
        await(() -> client.getLeaseClient().revoke(theirs));
    }

    void elections() {
        Election election = client.getElectionClient();
        long id = await(() -> client.getLeaseClient().grant(60)).getID();
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        election.observe(key("election"), new Election.Listener() {
            @Override
            public void onNext(LeaderResponse response) {
                seen.add(response.getKv().getValue().toString());
            }

            @Override
            public void onError(Throwable error) {
                seen.add(error.toString());
            }

            @Override
            public void onCompleted() {}
        });
        CampaignResponse won = await(() -> election.campaign(key("election"), id, bytes("me")));
        assertEquals(id, won.getLeader().getLease());
        assertEquals("me", Calls.take(seen));
        await(() -> election.proclaim(won.getLeader(), bytes("me again")));
        assertEquals("me again", Calls.take(seen));
        assertEquals(
                bytes("me again"),
                await(() -> election.leader(key("election"))).getKv().getValue());
        await(() -> election.resign(won.getLeader()));
        Throwable nobody = Calls.failure(election.leader(key("election")));
        assertTrue(nobody.toString().contains("NoLeader"), nobody.toString());
        await(() -> client.getLeaseClient().revoke(id));
    }

    void cluster(int memberCount) {
        var members = await(() -> client.getClusterClient().listMember()).getMembers();
        assertEquals(memberCount, members.size());
        assertTrue(members.stream()
                .noneMatch(member -> member.isLearner() || member.getName().isEmpty()));
    }

    void maintenance(String url) {
        var maintenance = client.getMaintenanceClient();
        var status = await(() -> maintenance.statusMember(url));
        assertNotEquals(0, status.getLeader());
        assertTrue(status.getVersion().startsWith("3."), status.getVersion());
        assertNotEquals(0, await(() -> maintenance.hashKV(url, 0)).getHash());
        assertEquals(0, await(maintenance::listAlarms).getAlarms().size());
        await(() -> maintenance.defragmentMember(url));
    }

    void auth() {
        Auth auth = client.getAuthClient();
        ByteSequence user = key("user");
        ByteSequence role = key("role");
        await(() -> auth.roleAdd(role));
        await(() -> auth.roleGrantPermission(role, key("from"), key("to"), Permission.Type.READ));
        await(() -> auth.userAdd(user, bytes("secret")));
        await(() -> auth.userGrantRole(user, role));
        assertEquals(List.of(role.toString()), await(() -> auth.userGet(user)).getRoles());
        Permission granted = await(() -> auth.roleGet(role)).getPermissions().get(0);
        assertEquals(key("from"), granted.getKey());
        assertEquals(Permission.Type.READ, granted.getPermType());
        assertTrue(await(auth::userList).getUsers().contains(user.toString()));
        assertTrue(await(auth::roleList).getRoles().contains(role.toString()));
        await(() -> auth.userDelete(user));
        await(() -> auth.roleDelete(role));
        Throwable refused = Calls.failure(auth.authEnable());
        assertTrue(refused.getMessage().contains("root user does not exist"), refused.getMessage());
    }

    ByteSequence key(String name) {
        return bytes(prefix + name);
    }
}
