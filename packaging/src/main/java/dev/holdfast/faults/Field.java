package dev.holdfast.faults;

import dev.holdfast.system.Launched;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.AuditEvent;
import dev.holdfast.wire.v1.AuditServiceGrpc;
import dev.holdfast.wire.v1.CreateActivationResponse;
import dev.holdfast.wire.v1.DescribeInstanceInformationRequest;
import dev.holdfast.wire.v1.DescribeInstanceInformationResponse;
import dev.holdfast.wire.v1.InstanceInformation;
import dev.holdfast.wire.v1.InstanceServiceGrpc;
import dev.holdfast.wire.v1.LookupAttribute;
import dev.holdfast.wire.v1.LookupEventsRequest;
import dev.holdfast.wire.v1.LookupEventsResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** What cases do again and again with the programs of a rig. */
final class Field {
  /** Lets many come from one address, as quickly as they like. */
  static final String OPEN_DOOR = Rig.MANY_AGENTS;

  /** What each caller may do as long as nobody configures it. */
  static final String AS_DELIVERED =
      """
      limits:
        admin_calls_per_second: 20
        agent_messages_per_second: 20
        agent_bytes_per_second: 65536
        agent_results_per_minute: 60
        agent_links_per_minute: 6
        enrolments_per_second: 10000
        enrolments_per_second_per_address: 10000
        enrolments_at_once_per_address: 10000
      """;

  private Field() {}

  /** A rig that goes with the trial, its coordinator started. */
  static Rig coordinator(Trial trial, String configuration) {
    Rig rig = trial.closing(new Rig());
    rig.configure(configuration);
    rig.startCoordinator();
    return rig;
  }

  /** The certificate that everybody trusts. */
  static Path authority(Rig rig) {
    return rig.data().resolve("ca.pem");
  }

  /** An agent made by hand, by an activation of its own; it goes with the trial. */
  static HandMade handMade(Trial trial, Rig rig) throws IOException, GeneralSecurityException {
    CreateActivationResponse activation = rig.activate(1, Map.of());
    return trial.closing(
        HandMade.join(
            rig.agentAddress(),
            authority(rig),
            activation.getActivationId(),
            activation.getActivationCode()));
  }

  /** All instances. */
  static List<InstanceInformation> instances(Rig rig) {
    List<InstanceInformation> all = new ArrayList<>();
    String page = "";
    do {
      DescribeInstanceInformationResponse answer =
          InstanceServiceGrpc.newBlockingStub(rig.channel())
              .withCallCredentials(rig.token())
              .describeInstanceInformation(
                  DescribeInstanceInformationRequest.newBuilder()
                      .setPageSize(100)
                      .setPageToken(page)
                      .build());
      all.addAll(answer.getInstanceInformationListList());
      page = answer.getNextPageToken();
    } while (!page.isEmpty());
    return all;
  }

  /** The rows of the audit trail about a method; of all if it has no name. Newest first. */
  static List<AuditEvent> audit(Rig rig, String method) {
    LookupEventsRequest.Builder request = LookupEventsRequest.newBuilder().setPageSize(50);
    if (!method.isEmpty()) {
      request.addLookupAttributes(
          LookupAttribute.newBuilder().setAttributeKey("EventName").setAttributeValue(method));
    }
    List<AuditEvent> all = new ArrayList<>();
    String page = "";
    do {
      LookupEventsResponse answer =
          AuditServiceGrpc.newBlockingStub(rig.channel())
              .withCallCredentials(rig.token())
              .lookupEvents(request.setPageToken(page).build());
      all.addAll(answer.getEventsList());
      page = answer.getNextPageToken();
    } while (!page.isEmpty());
    return all;
  }

  /**
   * What the agent with this state says of itself, as JSON.
   *
   * @param folder where the program's log is
   */
  static String status(Path folder, Path state) {
    return Launched.run(
        folder, "holdfast-agent", List.of("status", "--json", "--state", state.toString()), 0);
  }

  /** Waits until it holds; whether it did in that time. */
  static boolean await(Duration atMost, BooleanSupplier holds) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    return true;
  }
}
