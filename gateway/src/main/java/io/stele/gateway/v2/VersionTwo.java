package io.stele.gateway.v2;

import io.netty.handler.codec.http.HttpMethod;
import io.stele.gateway.http.HttpCall;
import io.stele.gateway.http.HttpSite;
import io.stele.gateway.node.NodeCalls;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * etcd's API of version 2, for clients that know no other: a tree of files and directories in the key space of version
 * 3, each change one transaction there, each index a revision. It keeps no state.
 */
public final class VersionTwo implements HttpSite {
    private static final String KEYS = "/v2/keys";

    private final Supplier<NodeCalls> calls;
    private final String memberName;
    private final String version;
    private final KeysStats stats = new KeysStats();

    public VersionTwo(Supplier<NodeCalls> calls, String memberName, String version) {
        this.calls = calls;
        this.memberName = memberName;
        this.version = version;
    }

    @Override
    public String root() {
        return "/v2/";
    }

    @Override
    public Opened open(HttpCall call) {
        KeysAnswer answer = new KeysAnswer(call);
        String path = call.uri().path();
        String clean = clean(path);
        if (!clean.equals(path)) {
            String query = call.uri().rawQuery();
            return begin(answer, () -> answer.redirect(query.isEmpty() ? clean : clean + '?' + query));
        }
        if (path.equals(KEYS) || path.startsWith(KEYS + '/')) {
            return keys(call, answer, path.substring(KEYS.length()));
        }
        return new MemberPages(calls.get(), answer, stats, memberName, version)
                .open(call.request().method(), path);
    }

    private Opened keys(HttpCall call, KeysAnswer answer, String path) {
        HttpMethod method = call.request().method();
        if (method.equals(HttpMethod.OPTIONS)) {
            return begin(answer, () -> answer.text(200, ""));
        }
        if (!isKnown(method)) {
            return begin(
                    answer,
                    () -> answer.notAllowed(
                            HttpMethod.HEAD, HttpMethod.GET, HttpMethod.PUT, HttpMethod.POST, HttpMethod.DELETE));
        }
        try {
            KeysRequest request = KeysRequest.parse(method, KeyPath.parse(path), form(call));
            return new KeysCall(request, answer, stats, calls.get(), version);
        } catch (KeysException e) {
            String clusterId =
                    Long.toHexString(calls.get().reader().header(0, 0).getClusterId());
            return begin(answer, () -> answer.fail(e, clusterId));
        }
    }

    private static boolean isKnown(HttpMethod method) {
        return method.equals(HttpMethod.GET)
                || method.equals(HttpMethod.HEAD)
                || method.equals(HttpMethod.PUT)
                || method.equals(HttpMethod.POST)
                || method.equals(HttpMethod.DELETE);
    }

    private static Form form(HttpCall call) throws KeysException {
        Form form = new Form();
        HttpMethod method = call.request().method();
        String type = call.request().headers().get("content-type", "");
        if ((method.equals(HttpMethod.PUT) || method.equals(HttpMethod.POST))
                && type.startsWith("application/x-www-form-urlencoded")) {
            form.add(call.request().content().toString(StandardCharsets.UTF_8));
        }
        form.add(call.uri().rawQuery());
        return form;
    }

    /** Without empty names and dots, but for a slash at the end. */
    private static String clean(String path) {
        String clean = KeyPath.parse(path).toString();
        return path.endsWith("/") && clean.length() > 1 ? clean + '/' : clean;
    }

    static Opened begin(KeysAnswer answer, Runnable task) {
        return new Opened() {
            @Override
            public void start() {
                task.run();
            }

            @Override
            public void cancel() {
                answer.cancel();
            }
        };
    }
}
