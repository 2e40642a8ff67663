package io.stele.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.stele.gateway.etcdserverpb.KVGrpc;
import io.stele.gateway.etcdserverpb.LeaseGrantRequest;
import io.stele.gateway.etcdserverpb.LeaseGrpc;
import io.stele.gateway.etcdserverpb.LeaseKeepAliveRequest;
import io.stele.gateway.etcdserverpb.LeaseKeepAliveResponse;
import io.stele.gateway.etcdserverpb.PutRequest;
import io.stele.gateway.v3electionpb.CampaignRequest;
import io.stele.gateway.v3electionpb.ElectionGrpc;
import io.stele.gateway.v3electionpb.LeaderRequest;
import io.stele.gateway.v3electionpb.LeaderResponse;
import io.stele.server.FreePorts;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls that ask for a leader, at a member whose only peer has gone. */
class LeaderLossTest {
    private static final long WAIT_MAX_SECONDS = 60;
    private static final String NO_LEADER = "etcdserver: no leader";

    @Test
    void shouldEndStreamsAndRefuseCallsWhenThereIsNoLeaderAnyMore(@TempDir Path directory) throws Exception {
        int[] ports = FreePorts.find(2);
        String cluster = "a=http://127.0.0.1:" + ports[0] + ",b=http://127.0.0.1:" + ports[1];
        CompletableFuture<TestNode> starting =
                CompletableFuture.supplyAsync(() -> member(directory.resolve("b"), "b", ports[1], cluster));
        try (TestNode stays = member(directory.resolve("a"), "a", ports[0], cluster)) {
            ManagedChannel channel = stays.channel();
            LeaseGrpc.LeaseStub leases = LeaseGrpc.newStub(channel).withInterceptors(wantingLeader());
            ElectionGrpc.ElectionBlockingStub elections =
                    ElectionGrpc.newBlockingStub(channel).withInterceptors(wantingLeader());
            Renewals renewals = new Renewals();
            Iterator<LeaderResponse> observed;
            long lease;
            try (TestNode leaves = get(starting)) {
                assertTrue(leaves.port() > 0);
                lease = LeaseGrpc.newBlockingStub(channel)
                        .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(600).build())
                        .getID();
                var elected = elections.campaign(CampaignRequest.newBuilder()
                        .setName(ByteString.copyFromUtf8("post"))
                        .setLease(lease)
                        .build());
                assertEquals(lease, elected.getLeader().getLease());
                observed = elections.observe(LeaderRequest.newBuilder()
                        .setName(ByteString.copyFromUtf8("post"))
                        .build());
                assertEquals(lease, observed.next().getKv().getLease());
                StreamObserver<LeaseKeepAliveRequest> requests = leases.leaseKeepAlive(renewals);
                requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(lease).build());
                assertEquals("600", renewals.next());
            }
            assertEquals(NO_LEADER, renewals.next());
            assertEquals(
                    NO_LEADER,
                    assertThrows(StatusRuntimeException.class, observed::next)
                            .getStatus()
                            .getDescription());
            Renewals late = new Renewals();
            StreamObserver<LeaseKeepAliveRequest> requests = leases.leaseKeepAlive(late);
            requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(lease).build());
            assertEquals(NO_LEADER, late.next());
            KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(channel).withInterceptors(wantingLeader());
            Status refusal = assertThrows(
                            StatusRuntimeException.class,
                            () -> kv.put(PutRequest.newBuilder()
                                    .setKey(ByteString.copyFromUtf8("k"))
                                    .build()))
                    .getStatus();
            assertEquals(Status.Code.UNAVAILABLE, refusal.getCode());
            assertEquals(NO_LEADER, refusal.getDescription());
        }
    }

    private static TestNode member(Path directory, String name, int port, String cluster) {
        String url = "http://127.0.0.1:" + port;
        return new TestNode(
                directory,
                "--name",
                name,
                "--listen-peer-urls",
                url,
                "--initial-advertise-peer-urls",
                url,
                "--initial-cluster",
                cluster);
    }

    private static TestNode get(CompletableFuture<TestNode> starting)
            throws InterruptedException, ExecutionException, TimeoutException {
        return starting.get(WAIT_MAX_SECONDS, TimeUnit.SECONDS);
    }

    private static ClientInterceptor wantingLeader() {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER), "true");
        return MetadataUtils.newAttachHeadersInterceptor(metadata);
    }

    /** What comes of renewals: TTLs, and why they end. */
    private static final class Renewals implements StreamObserver<LeaseKeepAliveResponse> {
        private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

        String next() throws InterruptedException {
            return answers.poll(WAIT_MAX_SECONDS, TimeUnit.SECONDS);
        }

        @Override
        public void onNext(LeaseKeepAliveResponse response) {
            answers.add(Long.toString(response.getTTL()));
        }

        @Override
        public void onError(Throwable cause) {
            answers.add(String.valueOf(Status.fromThrowable(cause).getDescription()));
        }

        @Override
        public void onCompleted() {
            answers.add("completed");
        }
    }
}
