/**
 * Rate control: who may run an association now where its concurrency or its errors are limited. The
 * rule is pure; permits are rows, requests are in memory and come again with each hello.
 */
@NullMarked
package dev.holdfast.coordinator.permit;

import org.jspecify.annotations.NullMarked;
