package dev.holdfast.coordinator.trust;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Sight;
import dev.holdfast.coordinator.store.TagScope;
import io.grpc.Context;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Who makes a call. */
public sealed interface Caller {

  /** The caller of the call that is being handled. */
  Context.Key<Caller> KEY = Context.key("caller");

  /** Which instances the call that is being handled may see and touch. */
  Context.Key<Sight> SIGHT = Context.key("sight");

  /** The network address that the call came from, for the audit trail. */
  Context.Key<String> ADDRESS = Context.key("address");

  /** Nobody in particular. */
  record Anyone() implements Caller {}

  /**
   * An agent, by its certificate.
   *
   * @param serial of the certificate, hex
   * @param expires when that certificate does
   * @param held it may connect, but gets nothing
   * @param outdated its certificate is of a key of the authority that another took the place of
   */
  record Agent(
      InstanceId instance, String serial, Optional<Instant> expires, boolean held, boolean outdated)
      implements Caller {
    /** One whose certificate is of the newest key. */
    public Agent(InstanceId instance, String serial, Optional<Instant> expires, boolean held) {
      this(instance, serial, expires, held, false);
    }

    /** The same, whose certificate is of an older key, or not. */
    public Agent outdated(boolean older) {
      return new Agent(instance, serial, expires, held, older);
    }
  }

  /**
   * A person or script, by its token.
   *
   * @param role the token's own
   * @param grants what it may do; the bindings of its name, or the token's own role for all
   *     instances
   */
  record Person(String name, Role role, Set<Grant> grants, Optional<Instant> expires)
      implements Caller {
    /** Copies. */
    public Person {
      grants = Set.copyOf(grants);
    }

    /** With a role for all instances. */
    public Person(String name, Role role, Optional<Instant> expires) {
      this(name, role, Set.of(new Grant(role, Sight.all())), expires);
    }

    /** For which instances they have a capability; empty: for none, they lack it. */
    public Optional<Sight> sight(Capability capability) {
      return Caller.sight(grants, capability);
    }

    /** Whether they may do all that somebody with these grants may. */
    public boolean covers(Set<Grant> others) {
      for (Capability capability : Capability.values()) {
        Optional<Sight> theirs = Caller.sight(others, capability);
        Optional<Sight> mine = sight(capability);
        if (theirs.isPresent() && (mine.isEmpty() || !mine.get().covers(theirs.get()))) {
          return false;
        }
      }
      return true;
    }
  }

  private static Optional<Sight> sight(Set<Grant> grants, Capability capability) {
    Set<TagScope> scopes = new HashSet<>();
    boolean any = false;
    for (Grant grant : grants) {
      if (capability.roles().contains(grant.role())) {
        any = true;
        switch (grant.sight()) {
          case Sight.All all -> {
            return Optional.of(all);
          }
          case Sight.Tagged(var more) -> scopes.addAll(more);
        }
      }
    }
    return any ? Optional.of(new Sight.Tagged(scopes)) : Optional.empty();
  }

  /** The agent that makes the call being handled. */
  static Agent agent() {
    if (KEY.get() instanceof Agent agent) {
      return agent;
    }
    throw new IllegalStateException("the policy lets only agents come here");
  }

  /** The person that makes the call being handled. */
  static Person person() {
    if (KEY.get() instanceof Person person) {
      return person;
    }
    throw new IllegalStateException("the policy lets only people come here");
  }

  /** The name of the person that makes the call being handled; empty if no person does. */
  static String name() {
    return KEY.get() instanceof Person person ? person.name() : "";
  }

  /**
   * Which instances the call being handled may see and touch. Whoever goes on with it on another
   * thread takes it along.
   */
  static Sight sight() {
    Sight given = SIGHT.get();
    if (given != null) {
      return given;
    }
    // without a gate before it: only somebody who may see all can be meant
    if (person().grants().stream().allMatch(grant -> grant.sight().isAll())) {
      return Sight.all();
    }
    throw new IllegalStateException("nobody said what the caller may see");
  }

  /** Where the call being handled comes from. */
  static String address() {
    String address = ADDRESS.get();
    return address == null ? "" : address;
  }
}
