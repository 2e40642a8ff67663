package io.stele.gateway.v2;

import io.netty.handler.codec.http.HttpMethod;

/**
 * What a client wants of {@code /v2/keys}, checked as etcd does, in its order.
 *
 * @param previousExists null: does not matter
 * @param ttlSeconds negative: for ever
 */
record KeysRequest(
        HttpMethod method,
        KeyPath path,
        String value,
        boolean isDirectory,
        String previousValue,
        long previousIndex,
        Boolean previousExists,
        boolean refresh,
        long ttlSeconds,
        boolean awaits,
        long waitIndex,
        boolean recursive,
        boolean quorum,
        boolean noValueOnSuccess) {
    /** One condition and one read for each name, within what a transaction may hold by default. */
    static final int DEPTH_MAX = 60;

    static KeysRequest parse(HttpMethod method, KeyPath path, Form form) throws KeysException {
        if (path.depth() > DEPTH_MAX) {
            throw new KeysException(KeysError.INVALID_FORM, "more than " + DEPTH_MAX + " names in " + path, 0);
        }
        if (path.toString().indexOf('\0') >= 0) {
            throw new KeysException(KeysError.INVALID_FORM, "a zero byte in a name", 0);
        }
        long previousIndex = index(form, "prevIndex");
        long waitIndex = index(form, "waitIndex");
        boolean recursive = form.flag("recursive");
        form.flag("sorted"); // they always are
        boolean wait = form.flag("wait");
        boolean isDirectory = form.flag("dir");
        boolean quorum = form.flag("quorum");
        form.flag("stream");
        if (wait && !method.equals(HttpMethod.GET)) {
            throw new KeysException(KeysError.INVALID_FIELD, "\"wait\" can only be used with GET requests", 0);
        }
        if (form.has("prevValue") && form.text("prevValue").isEmpty()) {
            throw new KeysException(KeysError.PREVIOUS_VALUE_REQUIRED, "\"prevValue\" cannot be empty", 0);
        }
        boolean noValueOnSuccess = form.flag("noValueOnSuccess");
        long ttl = form.text("ttl").isEmpty() ? -1 : form.number("ttl", KeysError.TTL_NOT_A_NUMBER);
        Boolean previousExists =
                form.has("prevExist") ? (Boolean) form.flag("prevExist", "invalid value for prevExist") : null;
        boolean refresh = form.flag("refresh", "invalid value for refresh");
        if (refresh && !form.text("value").isEmpty()) {
            throw new KeysException(KeysError.VALUE_ON_REFRESH, "A value was provided on a refresh", 0);
        }
        if (refresh && ttl < 0) {
            throw new KeysException(KeysError.TTL_REQUIRED_ON_REFRESH, "No TTL value set", 0);
        }
        return new KeysRequest(
                method,
                path,
                form.text("value"),
                isDirectory,
                form.text("prevValue"),
                previousIndex,
                previousExists,
                refresh,
                ttl,
                wait,
                waitIndex,
                recursive,
                quorum,
                noValueOnSuccess);
    }

    /** Those beyond what there can be stand for the last. */
    private static long index(Form form, String name) throws KeysException {
        long index = form.number(name, KeysError.INDEX_NOT_A_NUMBER);
        return index < 0 ? Long.MAX_VALUE : index;
    }

    boolean isConditional() {
        return previousIndex != 0 || !previousValue.isEmpty();
    }

    /** What is to be done. */
    Action action() {
        if (method.equals(HttpMethod.POST)) {
            return Action.CREATE;
        }
        if (method.equals(HttpMethod.DELETE)) {
            return isConditional() ? Action.COMPARE_AND_DELETE : Action.DELETE;
        }
        if (!method.equals(HttpMethod.PUT)) {
            return Action.GET;
        }
        if (previousExists != null && !previousExists) {
            return Action.CREATE;
        }
        if (isConditional()) {
            return Action.COMPARE_AND_SWAP;
        }
        return previousExists == null ? Action.SET : Action.UPDATE;
    }
}
