package dev.holdfast.compliance;

/** How much it matters, the worst first: SSM's own values. */
public enum Severity {
  /** The worst. */
  CRITICAL,
  /** As in SSM. */
  HIGH,
  /** As in SSM. */
  MEDIUM,
  /** As in SSM. */
  LOW,
  /** As in SSM. */
  INFORMATIONAL,
  /** Nobody said. */
  UNSPECIFIED
}
