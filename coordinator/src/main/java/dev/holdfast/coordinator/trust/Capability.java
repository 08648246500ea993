package dev.holdfast.coordinator.trust;

import java.util.EnumSet;
import java.util.Set;

/**
 * What can be let to somebody: the one table of roles. Each method of people needs one of these, by
 * {@link Policy}.
 */
public enum Capability {
  /** Instances, runs and inventory, and what they are told to keep. */
  READ("read instances, runs, inventory", EnumSet.allOf(Role.class)),
  /** What runs wrote. */
  READ_OUTPUT("read output of runs", EnumSet.of(Role.OPERATOR, Role.ASSIGNER, Role.ADMIN)),
  /** Start, hold and stop runs. */
  RUN("run now, pause, cancel", EnumSet.of(Role.OPERATOR, Role.ASSIGNER, Role.ADMIN)),
  /** Documents and their versions. */
  WRITE_DOCUMENTS("create or edit documents", EnumSet.of(Role.AUTHOR, Role.ADMIN)),
  /** Associations, and what they rest on: groups, parameters, what is put about instances. */
  WRITE_ASSOCIATIONS(
      "create or edit associations, groups, parameters", EnumSet.of(Role.ASSIGNER, Role.ADMIN)),
  /** Who is in the fleet, and by which tags it is cut. */
  LET_IN("activations, tags, approve, ban, webhooks", EnumSet.of(Role.SECURITY, Role.ADMIN)),
  /** Who may call, never above one's own rights. */
  TOKENS("tokens, role bindings (never above one's own)", EnumSet.of(Role.SECURITY, Role.ADMIN)),
  /** The audit trail. */
  READ_AUDIT("read the audit trail", EnumSet.of(Role.SECURITY, Role.AUDITOR, Role.ADMIN));

  private final String text;

  @SuppressWarnings("ImmutableEnumChecker") // a copy that nobody can change
  private final Set<Role> roles;

  Capability(String text, EnumSet<Role> roles) {
    this.text = text;
    this.roles = Set.copyOf(roles);
  }

  /** As people read it. */
  public String text() {
    return text;
  }

  /** Who has it. */
  public Set<Role> roles() {
    return roles;
  }
}
