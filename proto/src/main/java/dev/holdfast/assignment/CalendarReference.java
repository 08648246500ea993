package dev.holdfast.assignment;

import dev.holdfast.task.Sha256;

/**
 * A change calendar that an association obeys, as it was when the revision was resolved: so it is
 * obeyed without a link too.
 *
 * @param version the version in effect, not a selector
 * @param sha256 of the calendar's stored bytes
 */
public record CalendarReference(String name, int version, Sha256 sha256) {}
