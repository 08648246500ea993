package dev.holdfast.system;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.ComplianceItem;
import dev.holdfast.wire.v1.ComplianceServiceGrpc;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.ListComplianceItemsRequest;
import dev.holdfast.wire.v1.ListComplianceItemsResponse;
import dev.holdfast.wire.v1.RunStatus;
import dev.holdfast.wire.v1.StartAssociationsOnceRequest;
import dev.holdfast.wire.v1.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A coordinator and an agent on this machine scan it for missing updates, before and after a
 * command, and the compliance items of type {@code Patch} are printed: {@code before|after STATUS
 * SEVERITY ID VERSION}, the last where an update is missing.
 */
public final class PatchScan {
  private static final long SECONDS = 60;

  private PatchScan() {}

  /**
   * Runs it.
   *
   * @param arguments one: what the shell does between the two scans
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    try (Rig rig = new Rig()) {
      rig.startCoordinator();
      String instance = rig.enroll(Map.of());
      rig.startAgent();
      String association =
          rig.associations()
              .createAssociation(
                  CreateAssociationRequest.newBuilder()
                      .setAssociation(
                          Association.newBuilder()
                              .setName("AWS-RunPatchBaseline")
                              .setParameters(
                                  Struct.newBuilder()
                                      .putFields(
                                          "Operation",
                                          Value.newBuilder().setStringValue("Scan").build()))
                              .addTargets(
                                  Target.newBuilder().setKey("InstanceIds").addValues(instance)))
                      .build())
              .getAssociationDescription()
              .getAssociationId();
      await(rig, association, 1);
      List<String> before = items(rig, instance, List.of());
      before.forEach(line -> System.out.println("before " + line));

      int code =
          new ProcessBuilder("sh", "-c", arguments[0])
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start()
              .waitFor();
      if (code != 0) {
        throw new IllegalStateException("'" + arguments[0] + "' ended with " + code);
      }

      var _ =
          rig.associations()
              .startAssociationsOnce(
                  StartAssociationsOnceRequest.newBuilder().addAssociationIds(association).build());
      await(rig, association, 2);
      items(rig, instance, before).forEach(line -> System.out.println("after " + line));
    }
  }

  private static void await(Rig rig, String association, int executions)
      throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (true) {
      List<AssociationExecution> there = rig.executions(association);
      if (there.size() == executions
          && there.stream().allMatch(each -> each.getStatus() == RunStatus.RUN_STATUS_SUCCESS)) {
        return;
      }
      if (System.nanoTime() > end) {
        throw new IllegalStateException("no scan ended well in " + SECONDS + " s: " + there);
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  /** The items, once there are any other than some known ones: they come behind the run's end. */
  private static List<String> items(Rig rig, String instance, List<String> known)
      throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    List<String> lines = known;
    while (lines.equals(known)) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("no other items came in " + SECONDS + " s than " + known);
      }
      TimeUnit.MILLISECONDS.sleep(200);
      lines = items(rig, instance);
    }
    return lines;
  }

  private static List<String> items(Rig rig, String instance) {
    List<String> lines = new ArrayList<>();
    String page = "";
    do {
      ListComplianceItemsResponse answer =
          ComplianceServiceGrpc.newBlockingStub(rig.channel())
              .withCallCredentials(rig.token())
              .listComplianceItems(
                  ListComplianceItemsRequest.newBuilder()
                      .addResourceIds(instance)
                      .addFilters(Filter.newBuilder().setKey("ComplianceType").addValues("Patch"))
                      .setPageToken(page)
                      .build());
      for (ComplianceItem item : answer.getComplianceItemsList()) {
        lines.add(
            (word(item.getStatus().name())
                    + " "
                    + word(item.getSeverity().name())
                    + " "
                    + item.getId()
                    + " "
                    + item.getDetailsOrDefault("AvailableVersion", ""))
                .strip());
      }
      page = answer.getNextPageToken();
    } while (!page.isEmpty());
    return lines;
  }

  /** The word of an enum's value behind the enum's name. */
  private static String word(String value) {
    return value.replaceFirst("^COMPLIANCE_(STATUS|SEVERITY)_", "");
  }
}
