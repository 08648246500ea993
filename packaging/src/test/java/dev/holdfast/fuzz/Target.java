package dev.holdfast.fuzz;

import java.util.Locale;

/**
 * Something that reads bytes of others. Whatever they are, it gives a value, or refuses them in the
 * way that it documents; what it gives survives being written and read again. Everything else that
 * is thrown is a defect.
 */
enum Target {
  /** Documents as people write them, in YAML and JSON, to the inputs of their steps. */
  DOCUMENT,
  /** Values of parameters, beside a document that declares every type. */
  PARAMETERS,
  /** What {@code state:} steps describe. */
  STATE,
  /** Expressions of schedules, to their next firings. */
  SCHEDULE,
  /** Change calendars, to their next transitions. */
  CALENDAR,
  /** Regular expressions that documents bring, and a text for each. */
  PATTERN,
  /** Configuration of both programs, and a host's policy. */
  CONFIGURATION,
  /** What an agent sends, down to the values that the coordinator stores. */
  FROM_AGENT,
  /** What a coordinator sends, down to the values that the agent keeps. */
  FROM_COORDINATOR,
  /** What is kept of assignments and results by their codecs. */
  STORED,
  /** A spool's files, as a disk may give them back. */
  SPOOL,
  /** The ledger, the set and the lives of an agent, likewise. */
  LEDGER;

  /**
   * Feeds it.
   *
   * @throws RuntimeException or an {@link Error}: a defect
   */
  void feed(byte[] bytes) {
    switch (this) {
      case DOCUMENT -> Texts.document(bytes);
      case PARAMETERS -> Texts.parameters(bytes);
      case STATE -> Texts.state(bytes);
      case SCHEDULE -> Texts.schedule(bytes);
      case CALENDAR -> Texts.calendar(bytes);
      case PATTERN -> Texts.pattern(bytes);
      case CONFIGURATION -> Texts.configuration(bytes);
      case FROM_AGENT -> Messages.fromAgent(bytes);
      case FROM_COORDINATOR -> Messages.fromCoordinator(bytes);
      case STORED -> Messages.stored(bytes);
      case SPOOL -> Files.spool(bytes);
      case LEDGER -> Files.ledger(bytes);
    }
  }

  /** In lower case, with hyphens: the name of its file of kept inputs, and on command lines. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The target of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Target named(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  /** Says that a property does not hold. */
  static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
