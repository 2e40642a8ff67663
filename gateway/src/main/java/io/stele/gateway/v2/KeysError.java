package io.stele.gateway.v2;

/** What can be wrong, in the numbers and words of version 2. */
enum KeysError {
    KEY_NOT_FOUND(100, "Key not found", 404),
    COMPARE_FAILED(101, "Compare failed", 412),
    NOT_A_FILE(102, "Not a file", 403),
    NOT_A_DIRECTORY(104, "Not a directory", 400),
    KEY_EXISTS(105, "Key already exists", 412),
    ROOT_READ_ONLY(107, "Root is read only", 400),
    DIRECTORY_NOT_EMPTY(108, "Directory not empty", 403),
    UNAUTHORIZED(110, "The request requires user authentication", 401),
    PREVIOUS_VALUE_REQUIRED(201, "PrevValue is Required in POST form", 400),
    TTL_NOT_A_NUMBER(202, "The given TTL in POST form is not a number", 400),
    INDEX_NOT_A_NUMBER(203, "The given index in POST form is not a number", 400),
    INVALID_FIELD(209, "Invalid field", 400),
    INVALID_FORM(210, "Invalid POST form", 400),
    VALUE_ON_REFRESH(211, "Value provided on refresh", 400),
    TTL_REQUIRED_ON_REFRESH(212, "A TTL must be provided on refresh", 400),
    RAFT_INTERNAL(300, "Raft Internal Error", 500),
    LEADER_ELECTION(301, "During Leader Election", 500),
    WATCHER_CLEARED(400, "watcher is cleared due to etcd recovery", 400),
    INDEX_CLEARED(401, "The event in requested index is outdated and cleared", 400);

    final int code;
    final String text;
    final int httpStatus;

    KeysError(int code, String text, int httpStatus) {
        this.code = code;
        this.text = text;
        this.httpStatus = httpStatus;
    }
}
