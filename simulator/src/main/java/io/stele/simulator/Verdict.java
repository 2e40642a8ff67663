package io.stele.simulator;

/**
 * How a run ended.
 *
 * @param violation what was violated; null if nothing was
 * @param traceHash folds everything that happened: the same for every run of the same seed
 */
public record Verdict(String name, Violation violation, long traceHash, Coverage coverage) {
    public boolean isGood() {
        return violation == null;
    }
}
