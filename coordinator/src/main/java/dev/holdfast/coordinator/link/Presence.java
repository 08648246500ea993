package dev.holdfast.coordinator.link;

import dev.holdfast.wire.v1.PingStatus;

/** Whether an instance can be reached. */
enum Presence {
  /** The coordinator has just started, and the instance had no time to come back yet. */
  UNKNOWN(PingStatus.PING_STATUS_UNKNOWN),
  /** Its link lives. */
  ONLINE(PingStatus.PING_STATUS_ONLINE),
  /** Its link lives, but its work loop makes no progress. */
  SILENT(PingStatus.PING_STATUS_SILENT),
  /** Its link ended, or it missed two heartbeats. */
  CONNECTION_LOST(PingStatus.PING_STATUS_CONNECTION_LOST),
  /** It was away for long. */
  INACTIVE(PingStatus.PING_STATUS_INACTIVE);

  private final PingStatus status;

  Presence(PingStatus status) {
    this.status = status;
  }

  /** As the admin API says it. */
  PingStatus status() {
    return status;
  }
}
