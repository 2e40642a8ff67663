package io.stele.client.cli;

/** Where lines of commands and transactions come from: standard input, or a person at a terminal. */
@FunctionalInterface
interface LineSource {
    /** The next line as an octet string, null where the input is over. Only a terminal shows the prompt. */
    String next(String prompt);
}
