package io.stele.client;

/** What was asked may be, or is done. */
public record DowngradeResult(Header header, String clusterVersion) {}
