package dev.holdfast.agent.link;

/** What the link does next: pure. The link performs it. */
final class LinkMachine {
  private LinkMachine() {}

  /** Where the link stands. */
  enum Phase {
    /** Not started. */
    IDLE,
    /** Dialled; the connection is not open yet. */
    OPENING,
    /** The hello is sent and not answered. */
    GREETING,
    /** Reports and sets flow. */
    LINKED,
    /** The connection is open, and the coordinator holds this host: heartbeats alone flow. */
    HELD,
    /** Waits before it dials again. */
    WAITING,
    /** Stopped for good. */
    STOPPED;

    /** As people are told. */
    String word() {
      return switch (this) {
        case IDLE, STOPPED -> "stopped";
        case OPENING, GREETING -> "connecting";
        case LINKED -> "linked";
        case HELD -> "held";
        case WAITING -> "waiting";
      };
    }
  }

  /** What happens to it. */
  enum Signal {
    /** The program wants a link. */
    START,
    /** The connection is open. */
    OPENED,
    /** The hello is answered. */
    ACKNOWLEDGED,
    /** The hello is answered: this host is held. */
    HELD,
    /** Another certificate is in use. */
    RENEWED,
    /** What should have come by now has not. */
    OVERDUE,
    /** The other side can't be gone on with: it said what it must not, or the epoch is new. */
    BROKEN,
    /** The connection is gone. */
    CLOSED,
    /** The wait is over. */
    WAITED,
    /** The program ends. */
    STOP
  }

  /** What is to be done. */
  enum Action {
    /** Nothing. */
    NONE,
    /** Make a connection, and watch that it opens in time. */
    DIAL,
    /** Say hello, and watch that it is answered in time. */
    GREET,
    /** Send what is spooled, and heartbeats. */
    BEGIN,
    /** Send heartbeats. */
    HOLD,
    /** End the connection, and dial again at once. */
    REDIAL,
    /** Dial again after a while; there is no connection. */
    WAIT,
    /** End the connection, and dial again after a while. */
    HANG_UP_AND_WAIT,
    /** End the connection, if there is one, for good. */
    HANG_UP
  }

  /** Where it stands then, and what is to be done. */
  record Step(Phase phase, Action action) {}

  /** A signal that means nothing in a phase changes nothing: it is late. */
  static Step on(Phase phase, Signal signal) {
    return switch (phase) {
      case IDLE ->
          switch (signal) {
            case START -> new Step(Phase.OPENING, Action.DIAL);
            case STOP -> new Step(Phase.STOPPED, Action.NONE);
            case OPENED, ACKNOWLEDGED, HELD, RENEWED, OVERDUE, BROKEN, CLOSED, WAITED ->
                stay(phase);
          };
      case OPENING ->
          switch (signal) {
            case OPENED -> new Step(Phase.GREETING, Action.GREET);
            case START, ACKNOWLEDGED, HELD, RENEWED, WAITED -> stay(phase);
            case OVERDUE, BROKEN, CLOSED, STOP -> end(signal);
          };
      case GREETING ->
          switch (signal) {
            case ACKNOWLEDGED -> new Step(Phase.LINKED, Action.BEGIN);
            case HELD -> new Step(Phase.HELD, Action.HOLD);
            case START, OPENED, RENEWED, WAITED -> stay(phase);
            case OVERDUE, BROKEN, CLOSED, STOP -> end(signal);
          };
      case LINKED, HELD ->
          switch (signal) {
            case RENEWED -> new Step(Phase.OPENING, Action.REDIAL);
            case START, OPENED, ACKNOWLEDGED, HELD, OVERDUE, WAITED -> stay(phase);
            case BROKEN, CLOSED, STOP -> end(signal);
          };
      case WAITING ->
          switch (signal) {
            case WAITED -> new Step(Phase.OPENING, Action.DIAL);
            case STOP -> new Step(Phase.STOPPED, Action.NONE);
            case START, OPENED, ACKNOWLEDGED, HELD, RENEWED, OVERDUE, BROKEN, CLOSED -> stay(phase);
          };
      case STOPPED -> stay(phase);
    };
  }

  private static Step end(Signal signal) {
    return switch (signal) {
      case CLOSED -> new Step(Phase.WAITING, Action.WAIT);
      case STOP -> new Step(Phase.STOPPED, Action.HANG_UP);
      case START, OPENED, ACKNOWLEDGED, HELD, RENEWED, WAITED, OVERDUE, BROKEN ->
          new Step(Phase.WAITING, Action.HANG_UP_AND_WAIT);
    };
  }

  private static Step stay(Phase phase) {
    return new Step(phase, Action.NONE);
  }
}
