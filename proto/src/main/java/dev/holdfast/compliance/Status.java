package dev.holdfast.compliance;

/** Whether something is right. */
public enum Status {
  /** It is. */
  COMPLIANT,
  /** It is not. */
  NON_COMPLIANT,
  /** Nobody can tell. */
  UNKNOWN
}
