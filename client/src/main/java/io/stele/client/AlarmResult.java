package io.stele.client;

import java.util.List;

/** Alarms: those that there are, or the one that was lifted. */
public record AlarmResult(Header header, List<Alarm> alarms) {}
