package io.stele.client.cli;

import java.util.ArrayList;
import java.util.List;

/*
 * One node of the tree of commands: how it is called, what help says, its flags, and what it does. A node with children
 * does nothing by itself.
 */
final class Command {
    /** What a command does; what it returns is the exit code. */
    @FunctionalInterface
    interface Action {
        int run(Invocation invocation);
    }

    private final String name;
    private final String usage;
    private final String summary;
    private final List<Flag> flags = new ArrayList<>();
    private final List<Command> children = new ArrayList<>();
    private String description = "";
    private Command parent;
    private Action action;

    /** The usage line starts with the command's name. */
    Command(String usage, String summary) {
        int space = usage.indexOf(' ');
        this.name = space < 0 ? usage : usage.substring(0, space);
        this.usage = usage;
        this.summary = summary;
    }

    Command describe(String text) {
        description = text;
        return this;
    }

    Command flags(Flag... more) {
        flags.addAll(List.of(more));
        return this;
    }

    Command children(Command... more) {
        for (Command child : more) {
            child.parent = this;
            children.add(child);
        }
        return this;
    }

    Command does(Action whatItDoes) {
        action = whatItDoes;
        return this;
    }

    String name() {
        return name;
    }

    String usage() {
        return usage;
    }

    String summary() {
        return summary;
    }

    String description() {
        return description;
    }

    List<Flag> flags() {
        return flags;
    }

    List<Command> children() {
        return children;
    }

    Action action() {
        return action;
    }

    boolean isRoot() {
        return parent == null;
    }

    Command parent() {
        return parent;
    }

    /** "stelectl lease grant". */
    String path() {
        return isRoot() ? name : parent.path() + " " + name;
    }

    /** The child of that name or, as in etcdctl, of that unambiguous beginning of a name; null if there is none. */
    Command child(String word) {
        Command found = null;
        for (Command child : children) {
            if (child.name.equals(word)) {
                return child;
            }
            if (!word.isEmpty() && child.name.startsWith(word)) {
                found = found == null ? child : this;
            }
        }
        return found == this ? null : found;
    }

    /** The flag of that name here or on the way to the root, null if there is none. */
    Flag flag(String flagName) {
        for (Command command = this; command != null; command = command.parent) {
            for (Flag flag : command.flags) {
                if (flag.name().equals(flagName)) {
                    return flag;
                }
            }
        }
        return null;
    }

    Flag flag(char shorthand) {
        for (Command command = this; command != null; command = command.parent) {
            for (Flag flag : command.flags) {
                if (flag.shorthand() == shorthand) {
                    return flag;
                }
            }
        }
        return null;
    }
}
