package dev.holdfast.coordinator.instance;

import dev.holdfast.coordinator.store.Identities;
import dev.holdfast.coordinator.store.Identities.Identity;
import dev.holdfast.coordinator.store.InstanceState;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.Condition;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is said of an instance that is not simply let in. */
final class IdentityConditions {
  private IdentityConditions() {}

  /** The condition, with what to do about it. */
  static Optional<Condition> of(Read read, Identity identity) {
    Optional<Condition.Builder> condition =
        switch (identity.state()) {
          case ACTIVE, DEREGISTERED -> Optional.empty();
          case PENDING ->
              Optional.of(
                  said(
                      "NOT_APPROVED",
                      "it waits for ApproveInstance"
                          + (identity.reason().isEmpty() ? "" : ": " + identity.reason())));
          case REVOKED ->
              Optional.of(
                  said(
                      "REVOKED",
                      "it is banned"
                          + (identity.reason().isEmpty() ? "" : ": " + identity.reason())));
          case DUPLICATE -> Optional.of(said("DUPLICATE", duplicate(read, identity)));
        };
    return condition.map(
        said -> {
          identity.since().ifPresent(since -> said.setSince(Times.toProto(since)));
          return said.build();
        });
  }

  private static String duplicate(Read read, Identity identity) {
    String claimants =
        Identities.claimants(read, identity.id()).stream()
            .map(
                one ->
                    "install_nonce="
                        + one.installNonce()
                        + " computer_name="
                        + one.computerName()
                        + " address="
                        + one.address()
                        + " boot_id="
                        + one.bootId()
                        + " fingerprint="
                        + one.fingerprint()
                        + " seen="
                        + one.seen())
            .collect(Collectors.joining("; "));
    return identity.reason()
        + ": approve one of them by its install_nonce with ApproveInstance"
        + (claimants.isEmpty() ? "; none was heard since" : ": " + claimants);
  }

  private static Condition.Builder said(String code, String message) {
    return Condition.newBuilder().setCode(code).setMessage(message);
  }

  static dev.holdfast.wire.v1.InstanceState toProto(InstanceState state) {
    return switch (state) {
      case ACTIVE -> dev.holdfast.wire.v1.InstanceState.INSTANCE_STATE_ACTIVE;
      case PENDING -> dev.holdfast.wire.v1.InstanceState.INSTANCE_STATE_PENDING;
      case REVOKED -> dev.holdfast.wire.v1.InstanceState.INSTANCE_STATE_REVOKED;
      case DUPLICATE -> dev.holdfast.wire.v1.InstanceState.INSTANCE_STATE_DUPLICATE;
      case DEREGISTERED -> dev.holdfast.wire.v1.InstanceState.INSTANCE_STATE_UNSPECIFIED;
    };
  }
}
