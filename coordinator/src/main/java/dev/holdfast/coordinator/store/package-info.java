/**
 * The truth: all SQL is here, and nothing else opens the database. One writer that serialises
 * transactions, readers beside it. Each write changes rows and appends its events to the log in one
 * transaction; whoever follows the log is woken after the commit.
 */
@NullMarked
package dev.holdfast.coordinator.store;

import org.jspecify.annotations.NullMarked;
