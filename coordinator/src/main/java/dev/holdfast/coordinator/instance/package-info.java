/**
 * Instances as people see and tag them, and the groups that are made of them. On the threads of
 * calls; the store orders what they change.
 */
@NullMarked
package dev.holdfast.coordinator.instance;

import org.jspecify.annotations.NullMarked;
