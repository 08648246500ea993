package dev.holdfast.agent.life;

import java.time.Instant;

/**
 * An assignment that is left alone until its association has a new revision.
 *
 * @param suspect what it was parked for
 * @param since when
 * @param why in words
 */
public record Parking(Suspect suspect, Instant since, String why) {}
