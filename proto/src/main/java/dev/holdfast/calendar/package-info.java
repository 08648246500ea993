/**
 * Change calendars: iCalendar texts whose events close what is open by default, or open what is
 * closed by default. Pure: read once, then asked about any instant, in any thread; each answer is
 * bounded in time whatever the text says.
 */
@NullMarked
package dev.holdfast.calendar;

import org.jspecify.annotations.NullMarked;
