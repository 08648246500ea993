package dev.holdfast.coordinator.trust;

import dev.holdfast.coordinator.store.Sight;

/** A role, and the instances for which it holds. */
public record Grant(Role role, Sight sight) {}
