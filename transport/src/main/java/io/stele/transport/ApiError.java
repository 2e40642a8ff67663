package io.stele.transport;

import io.stele.transport.codec.ErrorCode;

/** The failures that etcd's clients know, with etcd's codes and, word for word, its texts. */
public enum ApiError {
    KEY_NOT_PROVIDED(ErrorCode.INVALID_ARGUMENT, "key is not provided"),
    KEY_NOT_FOUND(ErrorCode.INVALID_ARGUMENT, "key not found"),
    VALUE_PROVIDED(ErrorCode.INVALID_ARGUMENT, "value is provided"),
    LEASE_PROVIDED(ErrorCode.INVALID_ARGUMENT, "lease is provided"),
    TOO_MANY_OPERATIONS(ErrorCode.INVALID_ARGUMENT, "too many operations in txn request"),
    DUPLICATE_KEY(ErrorCode.INVALID_ARGUMENT, "duplicate key given in txn request"),
    INVALID_SORT_OPTION(ErrorCode.INVALID_ARGUMENT, "invalid sort option"),
    REQUEST_TOO_LARGE(ErrorCode.INVALID_ARGUMENT, "request is too large"),
    COMPACTED(ErrorCode.OUT_OF_RANGE, "mvcc: required revision has been compacted"),
    FUTURE_REVISION(ErrorCode.OUT_OF_RANGE, "mvcc: required revision is a future revision"),
    LEASE_TTL_TOO_LARGE(ErrorCode.OUT_OF_RANGE, "too large lease TTL"),
    NO_SPACE(ErrorCode.RESOURCE_EXHAUSTED, "mvcc: database space exceeded"),
    /** Declared as RESOURCE_EXHAUSTED by etcd, but this is the code that it puts on the wire. */
    TOO_MANY_REQUESTS(ErrorCode.UNKNOWN, "too many requests"),
    LEASE_NOT_FOUND(ErrorCode.NOT_FOUND, "requested lease not found"),
    LEASE_EXISTS(ErrorCode.FAILED_PRECONDITION, "lease already exists"),
    NOT_LEADER(ErrorCode.FAILED_PRECONDITION, "not leader"),
    NOT_FOR_LEARNER(ErrorCode.FAILED_PRECONDITION, "rpc not supported for learner"),
    MEMBER_URLS_INVALID(ErrorCode.INVALID_ARGUMENT, "given member URLs are invalid"),
    MEMBER_NOT_FOUND(ErrorCode.NOT_FOUND, "member not found"),
    MEMBER_URL_EXISTS(ErrorCode.FAILED_PRECONDITION, "Peer URLs already exists"),
    /** Declared as FAILED_PRECONDITION by etcd, but this is the code that it puts on the wire. */
    MEMBERS_NOT_STARTED(ErrorCode.UNKNOWN, "re-configuration failed due to not enough started members"),
    MEMBER_NOT_LEARNER(ErrorCode.FAILED_PRECONDITION, "can only promote a learner member"),
    LEARNER_NOT_READY(ErrorCode.FAILED_PRECONDITION, "can only promote a learner member which is in sync with leader"),
    TOO_MANY_LEARNERS(ErrorCode.FAILED_PRECONDITION, "too many learner members in cluster"),
    BAD_LEADER_TRANSFEREE(ErrorCode.FAILED_PRECONDITION, "bad leader transferee"),
    /** Has no code of its own at etcd. */
    TIMEOUT_LEADER_TRANSFER(ErrorCode.UNKNOWN, "request timed out, leader transfer took too long"),
    USER_NAME_EMPTY(ErrorCode.INVALID_ARGUMENT, "user name is empty"),
    ROLE_NAME_EMPTY(ErrorCode.INVALID_ARGUMENT, "role name is empty"),
    USER_EXISTS(ErrorCode.FAILED_PRECONDITION, "user name already exists"),
    USER_NOT_FOUND(ErrorCode.FAILED_PRECONDITION, "user name not found"),
    ROLE_EXISTS(ErrorCode.FAILED_PRECONDITION, "role name already exists"),
    ROLE_NOT_FOUND(ErrorCode.FAILED_PRECONDITION, "role name not found"),
    ROLE_NOT_GRANTED(ErrorCode.FAILED_PRECONDITION, "role is not granted to the user"),
    PERMISSION_NOT_GIVEN(ErrorCode.INVALID_ARGUMENT, "permission not given"),
    PERMISSION_NOT_GRANTED(ErrorCode.FAILED_PRECONDITION, "permission is not granted to the role"),
    INVALID_AUTH_MANAGEMENT(ErrorCode.INVALID_ARGUMENT, "invalid auth management"),
    ROOT_USER_MISSING(ErrorCode.FAILED_PRECONDITION, "root user does not exist"),
    ROOT_ROLE_MISSING(ErrorCode.FAILED_PRECONDITION, "root user does not have root role"),
    AUTH_NOT_ENABLED(ErrorCode.FAILED_PRECONDITION, "authentication is not enabled"),
    /** Stele's own: what would not be enforced is not said to be enabled. */
    AUTH_NOT_ENFORCED(
            ErrorCode.UNIMPLEMENTED,
            "authentication cannot be enabled: users and roles are kept, but this version does not check requests"),
    PERMISSION_DENIED(ErrorCode.PERMISSION_DENIED, "permission denied"),
    INVALID_AUTH_TOKEN(ErrorCode.UNAUTHENTICATED, "invalid auth token"),
    NO_LEADER(ErrorCode.UNAVAILABLE, "no leader"),
    LEADER_CHANGED(ErrorCode.UNAVAILABLE, "leader changed"),
    STOPPED(ErrorCode.UNAVAILABLE, "server stopped"),
    TIMEOUT(ErrorCode.UNAVAILABLE, "request timed out"),
    TIMEOUT_LEADER_LOST(ErrorCode.UNAVAILABLE, "request timed out, possibly due to previous leader failure"),
    TIMEOUT_CONNECTION_LOST(ErrorCode.UNAVAILABLE, "request timed out, possibly due to connection lost"),
    UNHEALTHY(ErrorCode.UNAVAILABLE, "unhealthy cluster"),
    CORRUPT(ErrorCode.DATA_LOSS, "corrupt cluster"),
    DOWNGRADE_VERSION_FORMAT(ErrorCode.INVALID_ARGUMENT, "wrong downgrade target version format"),
    DOWNGRADE_VERSION_INVALID(ErrorCode.INVALID_ARGUMENT, "invalid downgrade target version"),
    DOWNGRADE_IN_PROGRESS(ErrorCode.FAILED_PRECONDITION, "cluster has a downgrade job in progress"),
    /** These three are Stele's own: etcd has no sessions for writes. */
    SESSION_NOT_FOUND(ErrorCode.ABORTED, "session for writes exactly once not found"),
    SEQUENCE_OVERTAKEN(ErrorCode.ABORTED, "sequence of the session is over"),
    REPLY_LOST(ErrorCode.ABORTED, "carried out before, but the reply was too long to be remembered"),
    CANCELLED(ErrorCode.CANCELLED, "request canceled"),
    UNIMPLEMENTED(ErrorCode.UNIMPLEMENTED, "unknown method");

    private final ErrorCode code;
    private final String text;

    ApiError(ErrorCode code, String text) {
        this.code = code;
        this.text = "etcdserver: " + text;
    }

    public ErrorCode code() {
        return code;
    }

    public String text() {
        return text;
    }

    /** Whether the request may have been carried out, or still may be: whoever says this does not know. */
    public boolean leavesOutcomeOpen() {
        return this == TIMEOUT
                || this == TIMEOUT_LEADER_LOST
                || this == TIMEOUT_CONNECTION_LOST
                || this == TIMEOUT_LEADER_TRANSFER;
    }
}
