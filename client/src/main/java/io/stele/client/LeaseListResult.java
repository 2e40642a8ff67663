package io.stele.client;

import java.util.List;

/** All leases. */
public record LeaseListResult(Header header, List<Long> leaseIds) {}
