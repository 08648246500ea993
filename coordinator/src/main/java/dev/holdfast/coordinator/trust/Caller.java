package dev.holdfast.coordinator.trust;

import dev.holdfast.association.InstanceId;
import io.grpc.Context;
import java.util.Optional;

/** Who makes a call. */
public sealed interface Caller {

  /** The caller of the call that is being handled. */
  Context.Key<Caller> KEY = Context.key("caller");

  /** The network address that the call came from, for the audit trail. */
  Context.Key<String> ADDRESS = Context.key("address");

  /** Nobody in particular. */
  record Anyone() implements Caller {}

  /**
   * An agent, by its certificate.
   *
   * @param serial of the certificate, hex
   * @param held it may connect, but gets nothing
   */
  record Agent(InstanceId instance, String serial, boolean held) implements Caller {}

  /** A person or script, by its token. */
  record Person(String name, Role role, Optional<java.time.Instant> expires) implements Caller {}

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

  /** Where the call being handled comes from. */
  static String address() {
    String address = ADDRESS.get();
    return address == null ? "" : address;
  }
}
