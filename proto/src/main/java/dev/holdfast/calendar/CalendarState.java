package dev.holdfast.calendar;

/** Whether changes may be made. */
public enum CalendarState {
  /** They may. */
  OPEN,
  /** They may not. */
  CLOSED;

  /** The other one. */
  public CalendarState opposite() {
    return this == OPEN ? CLOSED : OPEN;
  }
}
