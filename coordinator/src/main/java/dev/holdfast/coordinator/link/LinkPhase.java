package dev.holdfast.coordinator.link;

/** How far a link is. */
enum LinkPhase {
  /** Its hello has not come. */
  OPENED,
  /** Its hello has come, and is not answered. */
  GREETED,
  /** Its hello is acknowledged. */
  LINKED,
  /** Its instance is held: it gets nothing, and what it reports is neither kept nor lost. */
  HELD,
  /** It is gone. */
  CLOSED
}
