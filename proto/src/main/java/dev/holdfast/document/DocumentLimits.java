package dev.holdfast.document;

/** The bounds of documents and of the values given to them. Each refusal names its limit. */
public final class DocumentLimits {
  // Documents and values. Beyond: refused, and the finding names the place and what is allowed.

  /** Bytes of a document's text. */
  public static final int MAX_BYTES = 64 * 1024;

  /** Lists and maps within each other, in a document. */
  public static final int MAX_DEPTH = 20;

  /** Lists and maps within each other, in JSON that is no document: values, for one. */
  public static final int MAX_JSON_DEPTH = 50;

  /** Texts, numbers, lists, maps and so on of one text, keys of maps included in YAML. */
  public static final int MAX_NODES = 10_000;

  /** YAML aliases. */
  public static final int MAX_ALIASES = 10;

  /** YAML anchors. */
  public static final int MAX_ANCHORS = 100;

  /** Steps of a document. */
  public static final int MAX_STEPS = 50;

  /** Characters of a step's name. */
  public static final int MAX_STEP_NAME = 64;

  /** Starts of one step, unless they fail for a reboot. */
  public static final int MAX_STEP_ATTEMPTS = 10;

  /** Declared parameters of a document. */
  public static final int MAX_PARAMETERS = 50;

  /** Digits of a number. */
  public static final int MAX_NUMBER_LENGTH = 40;

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

  /** Characters that values may add to the inputs of one step. */
  public static final int MAX_SUBSTITUTED_CHARS = 256 * 1024;

  /** Inputs in one step, where they are a list and performed one after another. */
  public static final int MAX_INPUTS = 50;

  /** Findings that are told of one text; the rest are counted. */
  public static final int MAX_PROBLEMS = 100;

  private DocumentLimits() {}
}
