package io.stele.client.cli;

/** All commands and all flags, with what help says of them. */
final class CommandTable {
    static final String ENDPOINTS = "endpoints";
    static final String WRITE_OUT = "write-out";
    static final String HEX = "hex";
    static final String DIAL_TIMEOUT = "dial-timeout";
    static final String COMMAND_TIMEOUT = "command-timeout";
    static final String VERSION = "0.1.0";
    static final int API_VERSION = 1;

    static final Command ROOT = root();

    private CommandTable() {}

    private static Command root() {
        return new Command("stelectl", "A simple command line client for Stele.")
                .flags(
                        new Flag(
                                ENDPOINTS,
                                Flag.NO_SHORTHAND,
                                Flag.Kind.STRINGS,
                                "127.0.0.1:2379",
                                "servers, host:port"),
                        Flag.string(WRITE_OUT, "simple", "set the output format (fields, json, simple, table)")
                                .withShorthand('w'),
                        Flag.bool(HEX, "print byte strings as hex encoded strings"),
                        Flag.duration(DIAL_TIMEOUT, "2s", "dial timeout for client connections"),
                        Flag.duration(
                                COMMAND_TIMEOUT, "5s", "timeout for short running command (excluding dial timeout)"),
                        Flag.bool(CommandLine.HELP, "help for the command").withShorthand('h'))
                .children(
                        alarm(),
                        auth(),
                        compaction(),
                        new Command("defrag", "Answers as etcd's does; space is given back while the server serves")
                                .flags(Flag.bool("cluster", "use all endpoints from the cluster member list"))
                                .does(MaintenanceCommands::defrag),
                        del(),
                        downgrade(),
                        elect(),
                        endpoint(),
                        get(),
                        new Command("help [command]", "Help about any command").does(Help::command),
                        lease(),
                        lock(),
                        makeMirror(),
                        member(),
                        new Command("move-leader <transferee-member-id>", "Transfers leadership to another member.")
                                .does(MemberCommands::moveLeader),
                        new Command("options", "Show the global command-line flags").does(Help::options),
                        put(),
                        role(),
                        shell(),
                        snapshot(),
                        txn(),
                        user(),
                        new Command("version", "Prints the version of stelectl").does(CommandTable::version),
                        watch());
    }

    private static int version(Invocation invocation) {
        invocation.console().println("stelectl version: " + VERSION);
        invocation.console().println("API version: " + API_VERSION);
        return 0;
    }

    private static Command put() {
        return new Command(
                        "put [options] <key> <value> (<value> can also be given from stdin)",
                        "Puts the given key into the store")
                .describe(Descriptions.PUT)
                .flags(
                        Flag.bool("ignore-lease", "updates the key using its current lease"),
                        Flag.bool("ignore-value", "updates the key using its current value"),
                        Flag.string("lease", "0", "lease ID (in hexadecimal) to attach to the key"),
                        Flag.bool("prev-kv", "return the previous key-value pair before modification"))
                .does(KvCommands::put);
    }

    private static Command get() {
        return new Command("get [options] <key> [range_end]", "Gets the key or a range of keys")
                .flags(
                        Flag.string("consistency", "l", "Linearizable(l) or Serializable(s)"),
                        Flag.bool("count-only", "Get only the count"),
                        Flag.bool(
                                "from-key",
                                "Get keys that are greater than or equal to the given key using byte compare"),
                        Flag.bool("keys-only", "Get only the keys"),
                        Flag.number("limit", "Maximum number of results"),
                        Flag.number("max-create-rev", "Maximum create revision"),
                        Flag.number("max-mod-rev", "Maximum modification revision"),
                        Flag.number("min-create-rev", "Minimum create revision"),
                        Flag.number("min-mod-rev", "Minimum modification revision"),
                        Flag.string("order", "", "Order of results; ASCEND or DESCEND (ASCEND by default)"),
                        Flag.bool("prefix", "Get keys with matching prefix"),
                        Flag.bool("print-value-only", "Only write values when using the \"simple\" output format"),
                        Flag.number("rev", "Specify the kv revision"),
                        Flag.string("sort-by", "", "Sort target; CREATE, KEY, MODIFY, VALUE, or VERSION"),
                        Flag.bool("stream", "Accepted for etcdctl's sake: ranges are always streamed"))
                .does(KvCommands::get);
    }

    private static Command del() {
        return new Command(
                        "del [options] <key> [range_end]",
                        "Removes the specified key or range of keys [key, range_end)")
                .flags(
                        Flag.bool(
                                "from-key",
                                "delete keys that are greater than or equal to the given key using byte compare"),
                        Flag.bool("prefix", "delete keys with matching prefix"),
                        Flag.bool("prev-kv", "return deleted key-value pairs"),
                        Flag.bool("range", "delete range of keys"))
                .does(KvCommands::del);
    }

    private static Command txn() {
        return new Command("txn [options]", "Txn processes all the requests in one transaction")
                .describe(Descriptions.TXN)
                .flags(Flag.bool("interactive", "Input transaction in interactive mode")
                        .withShorthand('i'))
                .does(TxnCommand::run);
    }

    private static Command alarm() {
        return new Command("alarm <subcommand>", "Alarm related commands")
                .children(
                        new Command("disarm", "Disarms all alarms").does(MaintenanceCommands::alarmDisarm),
                        new Command("list", "Lists all alarms").does(MaintenanceCommands::alarmList));
    }

    private static Command auth() {
        return new Command("auth <enable or disable>", "Enable or disable authentication")
                .children(
                        new Command("disable", "Disables authentication").does(AuthCommands::disable),
                        new Command("enable", "Enables authentication").does(AuthCommands::enable),
                        new Command("status", "Returns authentication status").does(AuthCommands::status));
    }

    private static Command user() {
        Flag interactive = Flag.bool("interactive", "Read password from stdin instead of interactive terminal")
                .withDefault("true");
        return new Command("user <subcommand>", "User related commands")
                .children(
                        new Command("add <user name or user:password> [options]", "Adds a new user")
                                .flags(
                                        interactive,
                                        Flag.string("new-user-password", "", "Supply password from the command line"),
                                        Flag.bool("no-password", "Create a user without password"))
                                .does(UserCommands::add),
                        new Command("delete <user name>", "Deletes a user").does(UserCommands::delete),
                        new Command("get <user name> [options]", "Gets detailed information of a user")
                                .flags(Flag.bool("detail", "Show permissions of roles granted to the user"))
                                .does(UserCommands::get),
                        new Command("grant-role <user name> <role name>", "Grants a role to a user")
                                .does(UserCommands::grantRole),
                        new Command("list", "Lists all users").does(UserCommands::list),
                        new Command("passwd <user name> [options]", "Changes password of user")
                                .flags(interactive)
                                .does(UserCommands::passwd),
                        new Command("revoke-role <user name> <role name>", "Revokes a role from a user")
                                .does(UserCommands::revokeRole));
    }

    private static Command role() {
        return new Command("role <subcommand>", "Role related commands")
                .children(
                        new Command("add <role name>", "Adds a new role").does(RoleCommands::add),
                        new Command("delete <role name>", "Deletes a role").does(RoleCommands::delete),
                        new Command("get <role name>", "Gets detailed information of a role").does(RoleCommands::get),
                        new Command(
                                        "grant-permission [options] <role name> <permission type> <key> [endkey]",
                                        "Grants a key to a role")
                                .flags(
                                        Flag.bool(
                                                "from-key", "grant a permission of keys that are at or after the key"),
                                        Flag.bool("prefix", "grant a prefix permission"))
                                .does(RoleCommands::grantPermission),
                        new Command("list", "Lists all roles").does(RoleCommands::list),
                        new Command("revoke-permission <role name> <key> [endkey]", "Revokes a key from a role")
                                .flags(
                                        Flag.bool(
                                                "from-key", "revoke a permission of keys that are at or after the key"),
                                        Flag.bool("prefix", "revoke a prefix permission"))
                                .does(RoleCommands::revokePermission));
    }

    private static Command snapshot() {
        return new Command("snapshot <subcommand>", "Manages snapshots of a server")
                .children(
                        new Command("save <filename>", "Stores a server's state in a file")
                                .does(MaintenanceCommands::snapshotSave),
                        new Command("status <filename>", "Verifies a snapshot and tells what it holds")
                                .does(MaintenanceCommands::snapshotStatus));
    }

    private static Command downgrade() {
        return new Command("downgrade <subcommand>", "Downgrade related commands")
                .children(
                        new Command("cancel", "Takes back what was announced")
                                .does(MaintenanceCommands::downgradeCancel),
                        new Command("enable <TARGET_VERSION>", "Announces that the members go back to a version")
                                .does(MaintenanceCommands::downgradeEnable),
                        new Command("validate <TARGET_VERSION>", "Asks whether that may be")
                                .does(MaintenanceCommands::downgradeValidate));
    }

    private static Command compaction() {
        return new Command("compaction [options] <revision>", "Compacts the event history in the store")
                .flags(Flag.bool("physical", "'true' to wait for compaction to physically remove all old revisions"))
                .does(KvCommands::compaction);
    }

    private static Command endpoint() {
        return new Command("endpoint <subcommand>", "Endpoint related commands")
                .children(
                        new Command("hashkv", "Prints the KV history hash for each endpoint in `--endpoints` flag")
                                .flags(
                                        Flag.bool("cluster", "use all endpoints from the cluster member list"),
                                        Flag.number("rev", "maximum revision to hash (default: latest revision)"))
                                .does(EndpointCommands::hashKv),
                        new Command("health", "Checks the healthiness of endpoints specified in `--endpoints` flag")
                                .flags(Flag.bool("cluster", "use all endpoints from the cluster member list"))
                                .does(EndpointCommands::health),
                        new Command("status", "Prints out the status of endpoints specified in `--endpoints` flag")
                                .describe(Descriptions.ENDPOINT_STATUS)
                                .flags(Flag.bool("cluster", "use all endpoints from the cluster member list"))
                                .does(EndpointCommands::status));
    }

    private static Command member() {
        return new Command("member <subcommand>", "Membership related commands")
                .children(
                        new Command("add <memberName> [options]", "Adds a member into the cluster")
                                .flags(
                                        Flag.bool("learner", "indicates if the new member is raft learner"),
                                        Flag.string("peer-urls", "", "comma separated peer URLs for the new member."))
                                .does(MemberCommands::add),
                        new Command("list", "Lists all members in the cluster")
                                .flags(Flag.string("consistency", "l", "Linearizable(l) or Serializable(s)"))
                                .does(MemberCommands::list),
                        new Command("promote <memberID>", "Promotes a non-voting member in the cluster")
                                .does(MemberCommands::promote),
                        new Command("remove <memberID>", "Removes a member from the cluster")
                                .does(MemberCommands::remove),
                        new Command("update <memberID> [options]", "Updates a member in the cluster")
                                .flags(Flag.string(
                                        "peer-urls", "", "comma separated peer URLs for the updated member."))
                                .does(MemberCommands::update));
    }

    private static Command lease() {
        return new Command("lease <subcommand>", "Lease related commands")
                .children(
                        new Command("grant <ttl>", "Creates leases").does(LeaseCommands::grant),
                        new Command("keep-alive [options] <leaseID>", "Keeps leases alive (renew)")
                                .flags(Flag.bool(
                                        "once",
                                        "Resets the keep-alive time to its original value and exits immediately"))
                                .does(LeaseCommands::keepAlive),
                        new Command("list", "List all active leases").does(LeaseCommands::list),
                        new Command("revoke <leaseID>", "Revokes leases").does(LeaseCommands::revoke),
                        new Command("timetolive <leaseID> [options]", "Get lease information")
                                .flags(Flag.bool("keys", "Get keys attached to this lease"))
                                .does(LeaseCommands::timeToLive));
    }

    private static Command watch() {
        return new Command(
                        "watch [options] [key or prefix] [range_end] [--] [exec-command arg1 arg2 ...]",
                        "Watches events stream on keys or prefixes")
                .flags(WatchCommand.flags())
                .flags(Flag.bool("interactive", "Interactive mode").withShorthand('i'))
                .does(WatchCommand::run);
    }

    private static Command lock() {
        return new Command("lock <lockname> [exec-command arg1 arg2 ...]", "Acquires a named lock")
                .flags(new Flag("ttl", Flag.NO_SHORTHAND, Flag.Kind.INT, "10", "timeout for session"))
                .does(LockCommands::lock);
    }

    private static Command makeMirror() {
        return new Command("make-mirror [options] <destination>", "Makes a mirror at the destination cluster")
                .flags(
                        Flag.string(
                                "dest-prefix",
                                "",
                                "destination prefix to mirror a prefix to a different prefix in the destination"
                                        + " cluster"),
                        new Flag(
                                "max-txn-ops",
                                Flag.NO_SHORTHAND,
                                Flag.Kind.INT,
                                "128",
                                "Maximum number of operations permitted in a transaction during syncing updates."),
                        Flag.bool("no-dest-prefix", "mirror key-values to the root of the destination cluster"),
                        Flag.string("prefix", "", "Key-value prefix to mirror"),
                        Flag.number("rev", "Specify the kv revision to start to mirror"))
                .does(MirrorCommand::run);
    }

    private static Command elect() {
        return new Command("elect [options] <election-name> [proposal]", "Observes and participates in leader election")
                .flags(Flag.bool("listen", "observation mode").withShorthand('l'))
                .does(LockCommands::elect);
    }

    private static Command shell() {
        return new Command("shell", "Runs commands, one per line, from a prompt or from a pipe")
                .describe(Descriptions.SHELL)
                .does(Shell::run);
    }
}
