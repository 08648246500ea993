/**
 * Who this host is: a key made here that never leaves, a certificate from the coordinator, and the
 * folder that keeps them. Enrolling runs on the thread that calls it; the rest is immutable.
 */
@NullMarked
package dev.holdfast.agent.identity;

import org.jspecify.annotations.NullMarked;
