/**
 * {@code state:} steps on this host: each is checked, applied if it differs, and checked again. One
 * class a kind of resource decides what differs and what is to be done about it; the host itself is
 * a seam with one real implementation. Everything here runs on a worker, where it may block.
 */
@NullMarked
package dev.holdfast.agent.state;

import org.jspecify.annotations.NullMarked;
