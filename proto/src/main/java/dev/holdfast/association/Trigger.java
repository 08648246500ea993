package dev.holdfast.association;

import java.time.Instant;
import java.util.Optional;

/**
 * Why a run is due. Its text is part of every run's and execution's identity, so it never changes
 * form. Ticks are computed on both sides; the others are made by the coordinator and delivered as
 * pending triggers.
 */
public sealed interface Trigger {

  /** A scheduled instant: UTC, after offset, before splay. Whole seconds. */
  record Tick(Instant at) implements Trigger {
    @Override
    public String text() {
      return "tick:" + at;
    }
  }

  /** The association came to be, or what it executes changed, at this log position. */
  record Change(long epoch, long position) implements Trigger {
    @Override
    public String text() {
      return "change:" + epoch + "." + position;
    }
  }

  /** Instances came into the targets at this log position. */
  record Enter(long epoch, long position) implements Trigger {
    @Override
    public String text() {
      return "enter:" + epoch + "." + position;
    }
  }

  /** Somebody asked for it. The request id is a UUID, or {@code <run id>} of the run that asked. */
  record Manual(String requestId) implements Trigger {
    @Override
    public String text() {
      return "manual:" + requestId;
    }
  }

  /** The form in which it is stored, sent and hashed. */
  String text();

  /** Reads the text form; empty if it is none. */
  static Optional<Trigger> parse(String text) {
    return TriggerText.read(text);
  }
}
