package dev.holdfast.report;

/**
 * One difference between what is and what should be.
 *
 * @param resource what was looked at: {@code /etc/motd}
 * @param property which of its properties: {@code mode}
 * @param actual as found
 * @param desired as described
 */
public record Drift(String resource, String property, String actual, String desired) {}
