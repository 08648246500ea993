/**
 * {@code holdfast}: a small admin client for people and scripts. It knows the admin API and nothing
 * of the coordinator's inside. On the main thread.
 */
@NullMarked
package dev.holdfast.coordinator.client;

import org.jspecify.annotations.NullMarked;
