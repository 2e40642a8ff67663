package io.stele.gateway.source;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.stele.gateway.etcdserverpb.AuthGrpc;
import io.stele.gateway.etcdserverpb.AuthenticateRequest;
import io.stele.gateway.etcdserverpb.KVGrpc;
import io.stele.gateway.etcdserverpb.LeaseGrpc;
import io.stele.gateway.etcdserverpb.LeaseLeasesRequest;
import io.stele.gateway.etcdserverpb.LeaseStatus;
import io.stele.gateway.etcdserverpb.LeaseTimeToLiveRequest;
import io.stele.gateway.etcdserverpb.LeaseTimeToLiveResponse;
import io.stele.gateway.etcdserverpb.MaintenanceGrpc;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.etcdserverpb.RangeResponse;
import io.stele.gateway.etcdserverpb.StatusRequest;
import io.stele.gateway.etcdserverpb.StatusResponse;
import io.stele.gateway.mvccpb.KeyValue;
import io.stele.transport.source.KeySource;
import io.stele.transport.source.KeySourceException;
import io.stele.transport.source.SourceKey;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Reads a running etcd page by page, in the order of keys; pages are of some megabytes, whatever values are like. */
final class EtcdSource implements KeySource {
    private static final long TIMEOUT_SECONDS = 30;
    private static final long PAGE_BYTES = 4L * 1024 * 1024;
    private static final int PAGE_KEYS_FIRST = 64;
    private static final int PAGE_KEYS_MAX = 10_000;
    private static final int LEASES_IN_FLIGHT_MAX = 64;
    private static final ByteString ALL = ByteString.copyFrom(new byte[1]);
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    private final String endpoint;
    private final ManagedChannel connection;
    private Channel channel;
    private StatusResponse status;
    private long revision;
    private long keyCount;
    private ByteString from = ALL;
    private int pageKeys = PAGE_KEYS_FIRST;

    private EtcdSource(String endpoint, URI uri) {
        this.endpoint = endpoint;
        connection = NettyChannelBuilder.forAddress(uri.getHost(), uri.getPort())
                .usePlaintext()
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .build();
        channel = connection;
    }

    static EtcdSource open(String endpoint, String user, long wantedRevision) {
        EtcdSource source = new EtcdSource(endpoint, parse(endpoint));
        try {
            source.connect(user, wantedRevision);
            return source;
        } catch (StatusRuntimeException e) {
            source.close();
            throw source.explain(e.getStatus());
        } catch (RuntimeException e) {
            source.close();
            throw e;
        }
    }

    private static URI parse(String endpoint) {
        try {
            URI uri = new URI(endpoint);
            if ("http".equals(uri.getScheme()) && uri.getHost() != null && uri.getPort() > 0) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // said below
        }
        throw new KeySourceException("--endpoint: '" + endpoint + "' must be http://host:port");
    }

    private void connect(String user, long wantedRevision) {
        if (user != null) {
            authenticate(user);
        }
        status = MaintenanceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .status(StatusRequest.getDefaultInstance());
        RangeResponse count = range(RangeRequest.newBuilder()
                .setKey(ALL)
                .setRangeEnd(ALL)
                .setCountOnly(true)
                .setRevision(wantedRevision));
        revision = wantedRevision == 0 ? count.getHeader().getRevision() : wantedRevision;
        // A count at the newest revision and the revision in its header need not be of one moment.
        keyCount = range(RangeRequest.newBuilder()
                        .setKey(ALL)
                        .setRangeEnd(ALL)
                        .setCountOnly(true)
                        .setRevision(revision))
                .getCount();
    }

    private void authenticate(String user) {
        int colon = user.indexOf(':');
        if (colon <= 0) {
            throw new KeySourceException("--user must be name:password");
        }
        String token = AuthGrpc.newBlockingStub(channel)
                .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .authenticate(AuthenticateRequest.newBuilder()
                        .setName(user.substring(0, colon))
                        .setPassword(user.substring(colon + 1))
                        .build())
                .getToken();
        Metadata metadata = new Metadata();
        metadata.put(TOKEN, token);
        channel = ClientInterceptors.intercept(connection, MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    private RangeResponse range(RangeRequest.Builder request) {
        return KVGrpc.newBlockingStub(channel)
                .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .range(request.build());
    }

    /** What is wrong, for people. */
    private KeySourceException explain(Status failure) {
        String text = failure.getDescription() == null ? failure.getCode().toString() : failure.getDescription();
        if (text.contains("required revision has been compacted")) {
            return new KeySourceException("revision " + revision + " was compacted at " + endpoint
                    + " before it was copied: try again, with automatic compaction paused or less often");
        }
        return switch (failure.getCode()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED ->
                new KeySourceException("cannot reach etcd at " + endpoint + ": " + rootCause(failure, text));
            case UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT, OUT_OF_RANGE, FAILED_PRECONDITION ->
                new KeySourceException(endpoint + " refuses: " + text);
            default -> new KeySourceException(endpoint + " does not answer as etcd does: " + text);
        };
    }

    private static String rootCause(Status failure, String text) {
        Throwable cause = failure.getCause();
        while (cause != null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause == null || cause.getMessage() == null ? text : cause.getMessage();
    }

    @Override
    public String description() {
        return "etcd " + status.getVersion() + " at " + endpoint;
    }

    @Override
    public long revision() {
        return revision;
    }

    @Override
    public long keyCount() {
        return keyCount;
    }

    @Override
    public void leases(Leases leases) {
        try {
            Queue<ListenableFuture<LeaseTimeToLiveResponse>> asked = new ArrayDeque<>();
            for (LeaseStatus lease : LeaseGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .leaseLeases(LeaseLeasesRequest.getDefaultInstance())
                    .getLeasesList()) {
                if (asked.size() == LEASES_IN_FLIGHT_MAX) {
                    tell(asked.remove(), leases);
                }
                asked.add(ask(lease.getID()));
            }
            while (!asked.isEmpty()) {
                tell(asked.remove(), leases);
            }
        } catch (StatusRuntimeException e) {
            throw explain(e.getStatus());
        }
    }

    @Override
    public void lease(long leaseId, Leases leases) {
        tell(ask(leaseId), leases);
    }

    private ListenableFuture<LeaseTimeToLiveResponse> ask(long leaseId) {
        return LeaseGrpc.newFutureStub(channel)
                .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .leaseTimeToLive(
                        LeaseTimeToLiveRequest.newBuilder().setID(leaseId).build());
    }

    private void tell(ListenableFuture<LeaseTimeToLiveResponse> asked, Leases leases) {
        try {
            LeaseTimeToLiveResponse lease = asked.get();
            if (lease.getTTL() > 0) {
                leases.onLease(lease.getID(), lease.getGrantedTTL(), lease.getTTL());
            }
        } catch (ExecutionException e) {
            throw explain(Status.fromThrowable(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KeySourceException("interrupted");
        }
    }

    @Override
    public boolean next(Keys keys) {
        RangeResponse page;
        try {
            page = range(RangeRequest.newBuilder()
                    .setKey(from)
                    .setRangeEnd(ALL)
                    .setRevision(revision)
                    .setLimit(pageKeys));
        } catch (StatusRuntimeException e) {
            throw explain(e.getStatus());
        }
        for (KeyValue pair : page.getKvsList()) {
            keys.onKey(new SourceKey(
                    pair.getKey().asReadOnlyByteBuffer(),
                    pair.getValue().asReadOnlyByteBuffer(),
                    pair.getCreateRevision(),
                    pair.getModRevision(),
                    pair.getVersion(),
                    pair.getLease()));
        }
        if (!page.getMore() || page.getKvsCount() == 0) {
            return false;
        }
        from = page.getKvs(page.getKvsCount() - 1).getKey().concat(ALL);
        long bytesPerKey = Math.max(1, page.getSerializedSize() / page.getKvsCount());
        pageKeys = (int) Math.max(1, Math.min(Math.min(PAGE_KEYS_MAX, 2L * pageKeys), PAGE_BYTES / bytesPerKey));
        return true;
    }

    @Override
    public void close() {
        connection.shutdownNow();
    }
}
