package io.stele.perf.differential;

import java.util.List;
import java.util.Map;

/**
 * What came back.
 *
 * @param sent how many of each kind of request
 * @param refused how many of these both servers refused alike
 * @param differences each in words, the first few: a store that once differs does so again and again
 */
public record DifferentialResult(Map<String, Integer> sent, Map<String, Integer> refused, List<String> differences) {}
