/**
 * Schedules: cron, rate and at expressions, and the instants at which they fire. Pure; the syntax
 * is that of AWS, the decisions where AWS leaves something open are those of the design.
 */
@NullMarked
package dev.holdfast.schedule;

import org.jspecify.annotations.NullMarked;
