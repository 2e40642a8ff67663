package io.stele.simulator.cli;

import io.stele.simulator.Sometimes;
import io.stele.simulator.Verdict;
import java.util.function.LongFunction;

/**
 * Runs that differ by a number.
 *
 * @param what what a number stands for
 * @param options how they are run, for the ledger
 * @param replay the command that runs one of them again
 */
record Series(
        String what, String options, Sometimes.Scope scope, LongFunction<Verdict> run, LongFunction<String> replay) {}
