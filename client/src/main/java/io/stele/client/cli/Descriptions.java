package io.stele.client.cli;

/** The longer texts of help. */
final class Descriptions {
    private Descriptions() {}

    static final String PUT = """
            Puts the given key into the store.

            When <value> begins with '-', <value> is interpreted as a flag.
            Insert '--' for workaround:

            $ put <key> -- <value>
            $ put -- <key> <value>

            If <value> isn't given as a command line argument and '--ignore-value' is not specified,
            this command tries to read the value from standard input.

            For example,
            $ cat file | put <key>
            will store the content of the file to <key>.""";

    static final String TXN = """
            Txn reads multiple requests from standard input and applies them as a single atomic transaction.

            A transaction consists of three components, an empty line behind each:
            1) a list of conditions,
            2) a list of requests to apply if all the conditions are true,
            3) a list of requests to apply if any condition is false.

            Example interactive stdin usage:

            ---
            stelectl txn -i
            # compares:
            mod("key1") > "0"

            # success requests (get, put, del):
            put key1 "overwrote-key1"

            # failure requests (get, put, del):
            put key1 "created-key1"
            put key2 "some extra key"
            ---

            Conditions: ver, create, mod, val or lease of a key, =, !=, < or > (between spaces), a value.""";

    static final String ENDPOINT_STATUS = """
            When --write-out is set to simple, this command prints out comma-separated status lists for each
            endpoint. The items in the lists are endpoint, ID, version, storage version, db size, in use,
            percentage not in use, quota, is leader, is learner, raft term, raft index, raft applied index,
            errors, downgrade target version, downgrade enabled.""";

    static final String SHELL = """
            Reads commands as they are given to stelectl, one on each line, and runs them over one connection.

            At a terminal there are history, and completion by the tab key. From a pipe, errors are printed and
            the next line is taken; the exit code is not 0 if any command failed.

            Words with blanks go into "double quotes" (with escapes: \\n \\t \\x00 \\u00e9 \\" \\\\) or into
            'single quotes' (without).
            Empty lines and lines that start with # do nothing. exit, quit and the end of the input leave.
            txn reads its three sections from the lines that follow it.""";
}
