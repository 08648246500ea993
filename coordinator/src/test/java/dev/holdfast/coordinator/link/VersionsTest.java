package dev.holdfast.coordinator.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Answer;
import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.association.AssociationDesk;
import dev.holdfast.coordinator.instance.GrpcInstances;
import dev.holdfast.coordinator.testing.AsAdmin;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.v1.DescribeInstanceInformationRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Agents of other versions are served as those of this one, and people see which is where. */
@ExtendWith(AsAdmin.class)
final class VersionsTest {
  @TempDir Path folder = Path.of("set by JUnit");

  @ParameterizedTest
  @ValueSource(strings = {"0.0.9", "0.1.0", "0.2.0", "99.0.0-next", "development"})
  void anAgentOfAnotherVersionIsServedAndItsVersionIsShown(String version) {
    try (Floor floor = new Floor(folder)) {
      InstanceId one = floor.rows.instance(1);
      AssociationId association = floor.rows.create(1, one);
      Floor.Agent agent = floor.agent(one);

      agent.send(
          AgentMessage.newBuilder()
              .setHello(
                  agent
                      .helloMessage()
                      .setAgentVersion(version)
                      .setUnknownFields(
                          UnknownFieldSet.newBuilder()
                              .addField(
                                  1999,
                                  UnknownFieldSet.Field.newBuilder()
                                      .addLengthDelimited(ByteString.copyFromUtf8("newer"))
                                      .build())
                              .build())));
      floor.turn();

      List<CoordinatorMessage> sent = agent.outlet.take();
      assertTrue(sent.getFirst().hasAck(), sent::toString);
      AssignmentSet set =
          dev.holdfast.wire.AssignmentCodec.fromProto(
              sent.stream().filter(CoordinatorMessage::hasSet).findFirst().orElseThrow().getSet());
      assertEquals(association, set.assignments().getFirst().association());
      GrpcInstances instances =
          new GrpcInstances(
              new Calls(floor.rows.store, UUID::randomUUID),
              new AssociationDesk(100),
              floor.links,
              floor.links::connected,
              (_, _, _) -> false,
              floor.rows.timers::now);
      assertEquals(
          List.of(version),
          Answer.of(
                  instances::describeInstanceInformation,
                  DescribeInstanceInformationRequest.getDefaultInstance())
              .getInstanceInformationListList()
              .stream()
              .filter(shown -> shown.getInstanceId().equals(one.value()))
              .map(shown -> shown.getAgentVersion())
              .toList());
    }
  }
}
