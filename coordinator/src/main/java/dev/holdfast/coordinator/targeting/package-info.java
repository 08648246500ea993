/**
 * Whom targets and instance groups name: the rule ({@link
 * dev.holdfast.coordinator.targeting.Matcher}) and an index that answers by it for a whole fleet.
 * Pure, and on whatever one thread its owner has.
 */
@NullMarked
package dev.holdfast.coordinator.targeting;

import org.jspecify.annotations.NullMarked;
