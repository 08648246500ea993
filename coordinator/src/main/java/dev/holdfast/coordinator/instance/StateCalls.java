package dev.holdfast.coordinator.instance;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Consequences;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.admin.InstanceForm;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.store.Identities;
import dev.holdfast.coordinator.store.InstanceState;
import dev.holdfast.coordinator.store.Instances.Instance;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.task.IdentityLimits;
import dev.holdfast.wire.v1.ApproveInstanceRequest;
import dev.holdfast.wire.v1.BanInstanceRequest;
import dev.holdfast.wire.v1.UnbanInstanceRequest;
import java.util.List;

/** Lets instances in, and throws them out. */
final class StateCalls {
  private final Consequences consequences;

  StateCalls(Consequences consequences) {
    this.consequences = consequences;
  }

  /** Lets in one that waits, or one of the machines that say that they are it. */
  Instance approve(Write write, ApproveInstanceRequest request) {
    Instance row = InstanceForm.required(write.read(), request.getInstanceId());
    String nonce = request.getInstallNonce();
    switch (row.state()) {
      case PENDING -> {
        if (!nonce.isEmpty()) {
          throw invalid(
              "install_nonce", "is for an instance that is DUPLICATE; this one is PENDING");
        }
      }
      case DUPLICATE -> {
        if (Identities.claimants(write.read(), row.id()).stream()
            .noneMatch(one -> one.installNonce().equals(nonce))) {
          throw invalid(
              "install_nonce",
              "names none of the machines that say that they are this instance; the condition"
                  + " DUPLICATE of DescribeInstance lists them");
        }
        Identities.approve(write, row.id(), nonce);
      }
      case ACTIVE, REVOKED, DEREGISTERED ->
          throw new Refusal(
              "InvalidInstanceState",
              "the instance is "
                  + row.state()
                  + ": only one that is PENDING or DUPLICATE is approved");
    }
    Identities.forgetRecoveries(write, row.id());
    return become(write, row.id(), InstanceState.ACTIVE, "");
  }

  /** Throws one out, whatever its state. */
  Instance ban(Write write, BanInstanceRequest request) {
    Findings findings = new Findings();
    findings.text("reason", request.getReason(), IdentityLimits.MAX_BAN_REASON_CHARS);
    findings.refuse("ValidationError");
    InstanceId id = InstanceForm.required(write.read(), request.getInstanceId()).id();
    Identities.voidCertificates(write, id);
    return become(write, id, InstanceState.REVOKED, request.getReason());
  }

  /** Takes a ban back; certificates stay as they are: void. */
  Instance unban(Write write, UnbanInstanceRequest request) {
    Instance row = InstanceForm.required(write.read(), request.getInstanceId());
    if (row.state() != InstanceState.REVOKED) {
      throw new Refusal("InvalidInstanceState", "the instance is " + row.state() + ", not REVOKED");
    }
    return become(write, row.id(), InstanceState.ACTIVE, "");
  }

  private Instance become(Write write, InstanceId id, InstanceState state, String reason) {
    if (Identities.become(write, id, state, reason)) {
      consequences.instanceChanged(write, id);
    }
    return InstanceForm.required(write.read(), id.value());
  }

  private static Refusal invalid(String field, String description) {
    return new Refusal(
        "ValidationError",
        "the request is not valid",
        List.of(new Refusal.Finding(field, description)));
  }
}
