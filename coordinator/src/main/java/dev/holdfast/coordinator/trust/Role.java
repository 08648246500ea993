package dev.holdfast.coordinator.trust;

import java.util.Locale;
import java.util.Optional;

/** What a token lets its bearer do. */
public enum Role {
  /** Reads, but not the output of runs. */
  VIEWER,
  /** Reads, starts and stops runs. */
  OPERATOR,
  /** Writes documents. */
  AUTHOR,
  /** Writes associations. */
  ASSIGNER,
  /** Lets instances in and out, handles tokens. */
  SECURITY,
  /** Reads the audit trail. */
  AUDITOR,
  /** Everything. */
  ADMIN;

  /** As people write it: {@code viewer}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** From what people write. */
  public static Optional<Role> parse(String text) {
    for (Role role : values()) {
      if (role.text().equals(text)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }
}
