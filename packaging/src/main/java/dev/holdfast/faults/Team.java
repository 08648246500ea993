package dev.holdfast.faults;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.Timestamps;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.agent.AssignmentSet;
import dev.holdfast.wire.agent.PendingTrigger;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.ComplianceExecutionSummary;
import dev.holdfast.wire.v1.ComplianceItemEntry;
import dev.holdfast.wire.v1.ComplianceServiceGrpc;
import dev.holdfast.wire.v1.ComplianceSeverity;
import dev.holdfast.wire.v1.ComplianceStatus;
import dev.holdfast.wire.v1.CreateActivationResponse;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.InventoryEntry;
import dev.holdfast.wire.v1.InventoryItem;
import dev.holdfast.wire.v1.InventoryServiceGrpc;
import dev.holdfast.wire.v1.PutComplianceItemsRequest;
import dev.holdfast.wire.v1.PutInventoryRequest;
import dev.holdfast.wire.v1.RunStatus;
import dev.holdfast.wire.v1.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A part of a fleet, told apart by a tag: instances that have run and reported, and of which there
 * is inventory and compliance. All that is its own has its name in it, or is an id that it keeps.
 */
final class Team {
  private final Trial trial;
  private final Rig rig;
  private final String name;
  private final List<String> ids = new ArrayList<>();
  private String association = "";

  Team(Trial trial, Rig rig, String name) {
    this.trial = trial;
    this.rig = rig;
    this.name = name;
  }

  /** Its instances, activations and executions. */
  List<String> ids() {
    return List.copyOf(ids);
  }

  /** Its first instance. */
  String instance() {
    return ids.stream().filter(id -> id.startsWith("mi-")).findFirst().orElseThrow();
  }

  String activation() {
    return ids.getFirst();
  }

  /** What is associated with all of it, and with nobody else. */
  String association() {
    return association;
  }

  /** The scope that holds exactly it. */
  Struct scope() {
    return Struct.newBuilder()
        .putFields("Team", Value.newBuilder().setStringValue(name).build())
        .build();
  }

  void associate() {
    association =
        rig.associations()
            .createAssociation(
                CreateAssociationRequest.newBuilder()
                    .setAssociation(
                        Association.newBuilder()
                            .setName("nothing")
                            .setAssociationName(name + "-work")
                            .addTargets(Target.newBuilder().setKey("tag:Team").addValues(name)))
                    .build())
            .getAssociationDescription()
            .getAssociationId();
    ids.add(association);
  }

  /** One instance more, which does and tells what is wanted of it. */
  void join() throws Exception {
    CreateActivationResponse activation = rig.activate(1, Map.of("Team", name));
    ids.add(activation.getActivationId());
    HandMade agent =
        trial.closing(
            HandMade.join(
                rig.agentAddress(),
                Field.authority(rig),
                activation.getActivationId(),
                activation.getActivationCode()));
    ids.add(agent.instance());
    works(agent);
    var _ =
        InventoryServiceGrpc.newBlockingStub(rig.channel())
            .withCallCredentials(rig.token())
            .putInventory(
                PutInventoryRequest.newBuilder()
                    .setInstanceId(agent.instance())
                    .addItems(
                        InventoryItem.newBuilder()
                            .setTypeName("Custom:Canary")
                            .setSchemaVersion("1.0")
                            .setCaptureTime(Timestamps.fromMillis(System.currentTimeMillis()))
                            .addContent(
                                InventoryEntry.newBuilder()
                                    .putAttributes("Name", "canary-" + name)))
                    .build());
    var _ =
        ComplianceServiceGrpc.newBlockingStub(rig.channel())
            .withCallCredentials(rig.token())
            .putComplianceItems(
                PutComplianceItemsRequest.newBuilder()
                    .setResourceId(agent.instance())
                    .setComplianceType("Custom:Canary")
                    .setExecutionSummary(
                        ComplianceExecutionSummary.newBuilder()
                            .setExecutionTime(Timestamps.fromMillis(System.currentTimeMillis())))
                    .addItems(
                        ComplianceItemEntry.newBuilder()
                            .setId("canary-" + name)
                            .setSeverity(ComplianceSeverity.COMPLIANCE_SEVERITY_HIGH)
                            .setStatus(ComplianceStatus.COMPLIANCE_STATUS_NON_COMPLIANT))
                    .build());
  }

  private void works(HandMade agent) throws InterruptedException {
    try (Talk talk = Talk.hello(agent.channel(), name)) {
      AssignmentSet set = talk.set().orElseThrow();
      long sequence = 1;
      for (PendingTrigger pending : set.getPendingTriggersList()) {
        var reference =
            set.getAssignmentsList().stream()
                .filter(each -> each.getAssociationId().equals(pending.getAssociationId()))
                .findFirst()
                .orElseThrow();
        var ack =
            talk.answered(
                    List.of(
                        IdentityCases.report(
                            sequence++,
                            reference,
                            pending.getTrigger(),
                            RunStatus.RUN_STATUS_SUCCESS)))
                .orElseThrow();
        trial.require(ack.getRefusedCount() == 0, "the case's own agent was refused: " + ack);
      }
    }
  }
}
