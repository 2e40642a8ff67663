package io.stele.perf.differential;

/**
 * What is sent.
 *
 * @param requests so many
 * @param seed of which
 * @param userPercent share of requests for users and roles among them
 */
public record DifferentialPlan(int requests, long seed, int userPercent) {}
