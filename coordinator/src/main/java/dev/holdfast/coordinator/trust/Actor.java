package dev.holdfast.coordinator.trust;

import java.util.Optional;
import java.util.Set;

/**
 * Who handles tokens, and from where.
 *
 * @param principal as the audit trail names them
 * @param person empty: somebody on the coordinator's own machine, who may do everything
 */
public record Actor(String principal, String address, Optional<Caller.Person> person) {
  /** Where somebody on the coordinator's own machine calls from. */
  public static final String LOCAL = "local";

  /** Somebody on the coordinator's own machine, by the number of their account. */
  public static Actor local(int uid) {
    return new Actor(LOCAL + ":" + uid, LOCAL, Optional.empty());
  }

  /** Whoever makes the call that is being handled. */
  public static Actor calling() {
    Caller.Person person = Caller.person();
    return new Actor(person.name(), Caller.address(), Optional.of(person));
  }

  /** Whether they may do all that these grants let. */
  boolean covers(Set<Grant> grants) {
    return person.map(one -> one.covers(grants)).orElse(true);
  }
}
