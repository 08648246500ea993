package dev.holdfast.document;

/** The bounds of documents and of the values given to them. Each refusal names its limit. */
public final class DocumentLimits {
  /** Bytes of a document's text. */
  public static final int MAX_BYTES = 64 * 1024;

  /** Lists and maps within each other. */
  public static final int MAX_DEPTH = 20;

  /** YAML aliases. */
  public static final int MAX_ALIASES = 10;

  /** Steps of a document. */
  public static final int MAX_STEPS = 50;

  /** Declared parameters of a document. */
  public static final int MAX_PARAMETERS = 50;

  /** Digits of a number. */
  public static final int MAX_NUMBER_LENGTH = 40;

  /** Characters of an {@code allowedPattern}. */
  public static final int MAX_PATTERN_LENGTH = 512;

  /** Bytes of one parameter's value. */
  public static final int MAX_VALUE_BYTES = 48 * 1024;

  /** Bytes of all values together. */
  public static final int MAX_VALUES_BYTES = 64 * 1024;

  /** Items of one list. */
  public static final int MAX_LIST_ITEMS = 2_000;

  /** SecureStrings that a document and its values refer to. */
  public static final int MAX_SECRETS = 20;

  /** Bytes of a script after substitution. */
  public static final int MAX_SCRIPT_BYTES = 128 * 1024;

  /** Findings that are told of one text; the rest are counted. */
  public static final int MAX_PROBLEMS = 100;

  private DocumentLimits() {}
}
