package io.stele.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.stele.gateway.etcdserverpb.CompactionRequest;
import io.stele.gateway.etcdserverpb.KVGrpc;
import io.stele.gateway.etcdserverpb.PutRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What version 2 answers: in the bodies N stands for an index that counts up, and T for a time. Each test has a
 * directory of its own, which is /t in the expectations.
 */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(60)
class VersionTwoTest {
    private static final Pattern INDEX = Pattern.compile("(Index|index)\":[1-9][0-9]*");
    private static final Pattern TIME = Pattern.compile("\"expiration\":\"[^\"]+\"");

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private TestNode node;
    private int directoryCount;
    private String directory;

    @BeforeAll
    void start(@TempDir Path path) {
        node = new TestNode(path, "--enable-v2");
    }

    @AfterAll
    void stop() {
        node.close();
    }

    private String begin() {
        directory = "/d" + directoryCount++;
        return directory;
    }

    @Test
    void shouldSetGetAndDelete() throws Exception {
        begin();
        expect("PUT /t/a value=1", 201, "{'action':'set','node':{'key':'/t/a','value':'1','mi':N,'ci':N}}");
        expect(
                "PUT /t/a value=2",
                200,
                "{'action':'set','node':{'key':'/t/a','value':'2','mi':N,'ci':N},"
                        + "'prevNode':{'key':'/t/a','value':'1','mi':N,'ci':N}}");
        expect("GET /t/a", 200, "{'action':'get','node':{'key':'/t/a','value':'2','mi':N,'ci':N}}");
        expect(
                "DELETE /t/a",
                200,
                "{'action':'delete','node':{'key':'/t/a','mi':N,'ci':N},"
                        + "'prevNode':{'key':'/t/a','value':'2','mi':N,'ci':N}}");
        expect("GET /t/a", 404, error(100, "Key not found", "/t/a"));
        expect("DELETE /t/a", 404, error(100, "Key not found", "/t/a"));
        expect("GET /t/x/y", 404, error(100, "Key not found", "/t/x"));
    }

    @Test
    void shouldTellIndexesAsTheyAre() throws Exception {
        begin();
        HttpResponse<String> set = send("PUT /t/a value=1");
        long index = Long.parseLong(set.headers().firstValue("X-Etcd-Index").orElseThrow());
        assertTrue(set.body().contains("\"modifiedIndex\":" + index + ",\"createdIndex\":" + index), set.body());
        assertTrue(set.headers().firstValue("X-Raft-Index").isPresent());
        assertTrue(set.headers().firstValue("X-Raft-Term").isPresent());
        assertTrue(set.headers().firstValue("X-Etcd-Cluster-Id").isPresent());
        HttpResponse<String> swapped = send("PUT /t/a?prevIndex=" + index + " value=2");
        assertTrue(swapped.body().contains("\"modifiedIndex\":" + (index + 1) + ",\"createdIndex\":" + index));
        HttpResponse<String> again = send("PUT /t/a value=3");
        assertTrue(again.body().contains("\"modifiedIndex\":" + (index + 2) + ",\"createdIndex\":" + (index + 2)));
    }

    @Test
    void shouldChangeOnCondition() throws Exception {
        begin();
        expect("PUT /t/a?prevExist=false value=1", 201, event("create", "/t/a", "1"));
        expect("PUT /t/a?prevExist=false value=1", 412, error(105, "Key already exists", "/t/a"));
        expect("PUT /t/a?prevValue=2 value=3", 412, error(101, "Compare failed", "[2 != 1]"));
        assertTrue(send("PUT /t/a?prevValue=2&prevIndex=1 value=3").body().matches(".*\\[2 != 1] \\[1 != \\d+].*\n"));
        assertTrue(send("PUT /t/a?prevIndex=1 value=3").body().matches(".*\"\\[1 != \\d+]\".*\n"));
        expect(
                "PUT /t/a?prevValue=1 value=2",
                200,
                "{'action':'compareAndSwap','node':{'key':'/t/a','value':'2','mi':N,'ci':N},"
                        + "'prevNode':{'key':'/t/a','value':'1','mi':N,'ci':N}}");
        expect(
                "PUT /t/a?prevExist=true value=3",
                200,
                "{'action':'update','node':{'key':'/t/a','value':'3','mi':N,'ci':N},"
                        + "'prevNode':{'key':'/t/a','value':'2','mi':N,'ci':N}}");
        expect("PUT /t/b?prevExist=true value=3", 404, error(100, "Key not found", "/t/b"));
        expect("PUT /t/b?prevValue=1 value=3", 404, error(100, "Key not found", "/t/b"));
        expect("DELETE /t/a?prevValue=1", 412, error(101, "Compare failed", "[1 != 3]"));
        expect(
                "DELETE /t/a?prevValue=3",
                200,
                "{'action':'compareAndDelete','node':{'key':'/t/a','mi':N,'ci':N},"
                        + "'prevNode':{'key':'/t/a','value':'3','mi':N,'ci':N}}");
        expect("PUT /t/c?noValueOnSuccess=true value=9", 201, "{'action':'set'}");
    }

    @Test
    void shouldKeepDirectories() throws Exception {
        begin();
        expect("PUT /t/d dir=true", 201, "{'action':'set','node':{'key':'/t/d','dir':true,'mi':N,'ci':N}}");
        expect("PUT /t/d dir=true", 403, error(102, "Not a file", "/t/d"));
        expect("PUT /t/d value=1", 403, error(102, "Not a file", "/t/d"));
        expect("PUT /t/d/e/f value=1", 201, event("set", "/t/d/e/f", "1"));
        expect("PUT /t/d/e/f/g value=1", 400, error(104, "Not a directory", "/t/d/e/f"));
        expect("GET /t/d/e/f/g/h", 400, error(104, "Not a directory", "/t/d/e/f"));
        expect("POST /t/d/e/f value=1", 400, error(104, "Not a directory", "/t/d/e/f"));
        expect("DELETE /t/d", 403, error(102, "Not a file", "/t/d"));
        expect("DELETE /t/d?dir=true", 403, error(108, "Directory not empty", "/t/d"));
        expect("DELETE /t/d?prevIndex=1&dir=true", 403, error(102, "Not a file", "/t/d"));
        expect("PUT /t/d?prevValue=1 value=1", 403, error(102, "Not a file", "/t/d"));
        expect(
                "GET /t/d",
                200,
                "{'action':'get','node':{'key':'/t/d','dir':true,'nodes':["
                        + "{'key':'/t/d/e','dir':true,'mi':N,'ci':N}],'mi':N,'ci':N}}");
        send("PUT /t/d/e-x value=2");
        expect(
                "GET /t/d?recursive=true&sorted=true",
                200,
                "{'action':'get','node':{'key':'/t/d','dir':true,'nodes':["
                        + "{'key':'/t/d/e','dir':true,'nodes':[{'key':'/t/d/e/f','value':'1','mi':N,'ci':N}],"
                        + "'mi':N,'ci':N},{'key':'/t/d/e-x','value':'2','mi':N,'ci':N}],'mi':N,'ci':N}}");
        expect(
                "DELETE /t/d?recursive=true",
                200,
                "{'action':'delete','node':{'key':'/t/d','dir':true,'mi':N,'ci':N},"
                        + "'prevNode':{'key':'/t/d','dir':true,'mi':N,'ci':N}}");
        expect("GET /t/d/e/f", 404, error(100, "Key not found", "/t/d"));
        expect("PUT / value=1", 400, error(107, "Root is read only", "/"));
        expect("DELETE /?recursive=true", 400, error(107, "Root is read only", "/"));
        send("PUT /t/f value=1");
        expect(
                "PUT /t/f dir=true",
                200,
                "{'action':'set','node':{'key':'/t/f','dir':true,'mi':N,'ci':N},"
                        + "'prevNode':{'key':'/t/f','value':'1','mi':N,'ci':N}}");
    }

    @Test
    void shouldListManyNodesPageByPage() throws Exception {
        begin();
        KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(node.channel());
        send("PUT /t/a/deep value=1");
        for (int i = 0; i < 2500; i++) {
            byte[] key = ("\0v2\0n\0" + directory.substring(1) + "\0a\0" + String.format("%05d", i))
                    .getBytes(StandardCharsets.UTF_8);
            byte[] value = new byte[20];
            value[0] = 1;
            value[1] = 2;
            value[19] = 'v';
            kv.put(PutRequest.newBuilder()
                    .setKey(ByteString.copyFrom(key))
                    .setValue(ByteString.copyFrom(value))
                    .build());
        }
        send("PUT /t/z value=1");
        expect(
                "GET /t",
                200,
                "{'action':'get','node':{'key':'/t','dir':true,'nodes':[{'key':'/t/a','dir':true,'mi':N,'ci':N},"
                        + "{'key':'/t/z','value':'1','mi':N,'ci':N}],'mi':N,'ci':N}}");
        String listed = send("GET /t?recursive=true").body();
        assertEquals(2504, listed.split("\"key\":", -1).length - 1);
        assertTrue(listed.contains("/a/02499\",\"value\":\"v\""));
    }

    @Test
    void shouldHideWhatBeginsWithAnUnderscore() throws Exception {
        begin();
        send("PUT /t/_secret/x value=1");
        send("PUT /t/seen value=1");
        expect(
                "GET /t?recursive=true",
                200,
                "{'action':'get','node':{'key':'/t','dir':true,'nodes':["
                        + "{'key':'/t/seen','value':'1','mi':N,'ci':N}],'mi':N,'ci':N}}");
        expect("GET /t/_secret/x", 200, event("get", "/t/_secret/x", "1"));
        CompletableFuture<HttpResponse<String>> wait = wait("/t?wait=true&recursive=true");
        send("PUT /t/_secret/y value=1");
        send("PUT /t/open value=2");
        assertBody(event("set", "/t/open", "2"), wait);
    }

    @Test
    void shouldQueueInOrder() throws Exception {
        begin();
        List<CompletableFuture<HttpResponse<String>>> posts = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            posts.add(client.sendAsync(request("POST /t/q value=" + i), HttpResponse.BodyHandlers.ofString()));
        }
        for (CompletableFuture<HttpResponse<String>> post : posts) {
            assertEquals(201, post.get().statusCode());
        }
        String listed = send("GET /t/q?sorted=true").body();
        Matcher nodes = Pattern.compile("/q/(\\d{20})\",\"value\":\"\\d+\",\"modifiedIndex\":(\\d+)")
                .matcher(listed);
        long last = 0;
        int count = 0;
        while (nodes.find()) {
            long created = Long.parseLong(nodes.group(2));
            assertTrue(Long.parseLong(nodes.group(1)) <= created && created > last, nodes.group());
            last = created;
            count++;
        }
        assertEquals(40, count, listed);
    }

    @Test
    void shouldEndWhatHasATime() throws Exception {
        begin();
        expect(
                "PUT /t/a value=1&ttl=100",
                201,
                "{'action':'set','node':{'key':'/t/a','value':'1','expiration':'T','ttl':100,'mi':N,'ci':N}}");
        expect(
                "PUT /t/a?prevExist=true value=2&ttl=",
                200,
                "{'action':'update','node':{'key':'/t/a','value':'2','mi':N,'ci':N},"
                        + "'prevNode':{'key':'/t/a','value':'1','expiration':'T','ttl':100,'mi':N,'ci':N}}");
        CompletableFuture<HttpResponse<String>> wait = wait("/t/b?wait=true&waitIndex=" + index());
        send("PUT /t/b value=1&ttl=1");
        assertEquals(201, send("PUT /t/dir dir=true&ttl=1").statusCode());
        send("PUT /t/dir/in value=1");
        assertBody(
                "{'action':'set','node':{'key':'/t/b','value':'1','expiration':'T','mi':N,'ci':N}}",
                wait.thenApply(response -> response));
        assertBody(
                "{'action':'expire','node':{'key':'/t/dir','dir':true,'mi':N,'ci':N},"
                        + "'prevNode':{'key':'/t/dir','dir':true,'expiration':'T','mi':N,'ci':N}}",
                wait("/t/dir?wait=true"));
        expect("GET /t/dir/in", 404, error(100, "Key not found", "/t/dir"));
        expect("PUT /t/dir/other value=2", 201, event("set", "/t/dir/other", "2"));
        expect(
                "GET /t/dir?recursive=true",
                200,
                "{'action':'get','node':{'key':'/t/dir','dir':true,'nodes':["
                        + "{'key':'/t/dir/other','value':'2','mi':N,'ci':N}],'mi':N,'ci':N}}");
    }

    @Test
    void shouldRefreshWithoutTellingAnybody() throws Exception {
        begin();
        send("PUT /t/a value=1&ttl=100");
        CompletableFuture<HttpResponse<String>> wait = wait("/t/a?wait=true");
        expect(
                "PUT /t/a?prevExist=true refresh=true&ttl=200",
                200,
                "{'action':'update','node':{'key':'/t/a','value':'1','expiration':'T','ttl':200,'mi':N,'ci':N},"
                        + "'prevNode':{'key':'/t/a','value':'1','expiration':'T','ttl':100,'mi':N,'ci':N}}");
        expect("PUT /t/b refresh=true&ttl=200", 404, error(100, "Key not found", "/t/b"));
        send("PUT /t/a value=2");
        assertBody(
                "{'action':'set','node':{'key':'/t/a','value':'2','mi':N,'ci':N},"
                        + "'prevNode':{'key':'/t/a','value':'1','expiration':'T','ttl':200,'mi':N,'ci':N}}",
                wait);
    }

    @Test
    void shouldTellWhoWaits() throws Exception {
        begin();
        CompletableFuture<HttpResponse<String>> file = wait("/t/w/x?wait=true");
        CompletableFuture<HttpResponse<String>> tree = wait("/t/w?wait=true&recursive=true");
        long index = index() + 1;
        send("PUT /t/w/x value=1");
        assertBody(event("set", "/t/w/x", "1"), file);
        assertBody(event("set", "/t/w/x", "1"), tree);
        send("PUT /t/w/x value=2");
        String gone = "{'action':'delete','node':{'key':'/t/w','dir':true,'mi':N,'ci':N},"
                + "'prevNode':{'key':'/t/w','dir':true,'mi':N,'ci':N}}";
        file = wait("/t/w/x?wait=true");
        tree = wait("/t?wait=true&recursive=true");
        send("DELETE /t/w?recursive=true");
        assertBody(gone, file);
        assertBody(gone, tree);
        assertBody(event("set", "/t/w/x", "1"), wait("/t/w/x?wait=true&waitIndex=" + index));
        assertBody(gone, wait("/t/w?wait=true&waitIndex=" + (index + 1)));
        send("PUT /t/y value=1");
        send("DELETE /t/y?prevValue=1");
        assertBody(
                "{'action':'compareAndDelete','node':{'key':'/t/y','mi':N,'ci':N},"
                        + "'prevNode':{'key':'/t/y','value':'1','mi':N,'ci':N}}",
                wait("/t/y?wait=true&waitIndex=" + index()));
    }

    @Test
    void shouldSayWhenHistoryIsGone() throws Exception {
        begin();
        send("PUT /t/a value=1");
        long index = index();
        send("PUT /t/a value=2");
        KVGrpc.newBlockingStub(node.channel())
                .compact(CompactionRequest.newBuilder().setRevision(index + 1).build());
        HttpResponse<String> response = wait("/t/a?wait=true&waitIndex=1").get();
        assertEquals(400, response.statusCode());
        String text = "The event in requested index is outdated and cleared";
        String cause = "the requested history has been cleared [" + (index + 1) + "/1]";
        assertEquals(error(401, text, cause), stripped(response.body()));
    }

    @Test
    void shouldForgetWhoLeftWhileWaiting() throws Exception {
        begin();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
            socket.getOutputStream()
                    .write("GET /v2/keys/left?wait=true HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            assertEquals("HTTP/1.1 200 OK", in.readLine());
            assertTrue(stats().endsWith("\"watchers\":1}"), stats());
        }
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!stats().endsWith("\"watchers\":0}") && System.nanoTime() - deadlineNs < 0) {
            Thread.onSpinWait();
        }
        assertTrue(stats().endsWith("\"watchers\":0}"), stats());
    }

    @Test
    void shouldRefuseWhatCannotBeMeant() throws Exception {
        begin();
        expect(
                "PUT /t/a?prevIndex=x value=1",
                400,
                wrong(203, "The given index in POST form is not a number", "\\\"prevIndex\\\""));
        expect(
                "GET /t/a?waitIndex=x",
                400,
                wrong(203, "The given index in POST form is not a number", "\\\"waitIndex\\\""));
        expect("GET /t/a?recursive=x", 400, wrong(209, "Invalid field", "\\\"recursive\\\""));
        expect("GET /t/a?quorum=x", 400, wrong(209, "Invalid field", "\\\"quorum\\\""));
        expect("PUT /t/a?prevExist=x value=1", 400, wrong(209, "Invalid field", "prevExist"));
        expect(
                "PUT /t/a value=1&ttl=abc",
                400,
                wrong(202, "The given TTL in POST form is not a number", "\\\"ttl\\\""));
        expect(
                "PUT /t/a?prevValue= value=1",
                400,
                "{'errorCode':201,'message':'PrevValue is Required in POST form',"
                        + "'cause':'\\\"prevValue\\\" cannot be empty','index':0}");
        expect("PUT /t/a value=%zz", 400, zeroError(210, "Invalid POST form", "invalid URL escape \\\"%zz\\\""));
        expect(
                "PUT /t/a value=1&refresh=true&ttl=1",
                400,
                zeroError(211, "Value provided on refresh", "A value was provided on a refresh"));
        expect("PUT /t/a refresh=true", 400, zeroError(212, "A TTL must be provided on refresh", "No TTL value set"));
        expect(
                "PUT /t/a?wait=true value=1",
                400,
                zeroError(209, "Invalid field", "\\\"wait\\\" can only be used with GET requests"));
        assertEquals(405, send("PATCH /t/a value=1").statusCode());
        assertEquals(301, send("GET /t//a").statusCode());
        expect(
                "PUT /t/" + "x/".repeat(60) + "y value=1",
                400,
                zeroError(210, "Invalid POST form", "more than 60 names in /t/" + "x/".repeat(60) + "y"));
        assertEquals(404, get("/v2/nothing").statusCode());
    }

    @Test
    void shouldTellOfTheMembers() throws Exception {
        String members = get("/v2/members").body();
        assertTrue(
                members.matches("\\{\"members\":\\[\\{\"id\":\"[0-9a-f]+\",\"name\":\"default\","
                        + "\"peerURLs\":\\[\"http://[^\"]+\"],\"clientURLs\":\\[\"http://[^\"]+\"]}]}\n"),
                members);
        assertTrue(get("/v2/stats/self").body().contains("\"state\":\"StateLeader\""));
        assertTrue(get("/v2/stats/leader").body().endsWith("\"followers\":{}}"));
        assertTrue(get("/v2/machines").body().startsWith("http://"));
        assertEquals(
                405,
                client.send(
                                HttpRequest.newBuilder(uri("/v2/members"))
                                        .method("PUT", HttpRequest.BodyPublishers.noBody())
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .statusCode());
    }

    @Test
    void shouldBeThereOnlyWhenItIsAskedFor(@TempDir Path path) throws Exception {
        try (TestNode without = new TestNode(path)) {
            URI uri = URI.create("http://127.0.0.1:" + without.port() + "/v2/keys");
            HttpResponse<String> response =
                    client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
            assertEquals(404, response.statusCode());
        }
    }

    // ---- one line, one request

    private void expect(String line, int status, String body) throws Exception {
        HttpResponse<String> response = send(line);
        assertEquals(
                body.replace("'mi'", "'modifiedIndex'").replace("'ci'", "'createdIndex'"),
                stripped(response.body()),
                line);
        assertEquals(status, response.statusCode(), line);
    }

    private void assertBody(String body, CompletableFuture<HttpResponse<String>> response) throws Exception {
        assertEquals(
                body.replace("'mi'", "'modifiedIndex'").replace("'ci'", "'createdIndex'"),
                stripped(response.get(30, TimeUnit.SECONDS).body()).replaceAll(",'ttl':1(?=[,}])", ""));
    }

    private String stripped(String body) {
        String plain = TIME.matcher(INDEX.matcher(body).replaceAll("$1\":N")).replaceAll("\"expiration\":\"T\"");
        return plain.replace('"', '\'')
                .replace("\\'", "\\\"")
                .replace(directory + "/", "/t/")
                .replace(directory + "'", "/t'")
                .trim();
    }

    private static String event(String action, String key, String value) {
        return "{'action':'" + action + "','node':{'key':'" + key + "','value':'" + value
                + "','modifiedIndex':N,'createdIndex':N}}";
    }

    private static String error(int code, String text, String cause) {
        return zeroError(code, text, cause).replace("'index':0", "'index':N");
    }

    private static String wrong(int code, String text, String field) {
        return zeroError(code, text, "invalid value for " + field);
    }

    private static String zeroError(int code, String text, String cause) {
        return "{'errorCode':" + code + ",'message':'" + text + "','cause':'" + cause + "','index':0}";
    }

    private long index() throws Exception {
        return Long.parseLong(send("GET /").headers().firstValue("X-Etcd-Index").orElseThrow());
    }

    private CompletableFuture<HttpResponse<String>> wait(String path) throws Exception {
        String before = stats();
        long waiting = Long.parseLong(before.replaceAll(".*:(\\d+)}", "$1"));
        CompletableFuture<HttpResponse<String>> response =
                client.sendAsync(request("GET " + path), HttpResponse.BodyHandlers.ofString());
        while (!response.isDone() && !stats().endsWith(":" + (waiting + 1) + "}")) {
            Thread.onSpinWait(); // until it waits
        }
        index(); // asked behind the watch, on the same way: it has begun
        return response;
    }

    private String stats() throws Exception {
        return get("/v2/stats/store").body();
    }

    private HttpResponse<String> send(String line) throws IOException, InterruptedException {
        return client.send(request(line), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest request(String line) {
        String[] parts = line.split(" ", 3);
        String path = directory == null ? parts[1] : parts[1].replaceFirst("^/t(?=[/?]|$)", directory);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri("/v2/keys" + path));
        return request.header("Content-Type", "application/x-www-form-urlencoded")
                .method(parts[0], HttpRequest.BodyPublishers.ofString(parts.length > 2 ? parts[2] : ""))
                .build();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + node.port() + path);
    }
}
