package dev.holdfast.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.holdfast.wire.agent.AssignmentReference;
import dev.holdfast.wire.agent.AssignmentSet;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.Generation;

/** A message as large as what an edit of one of two associations sends to an instance. */
final class Pushed {
  private static final int BODY_BYTES = 300;

  private Pushed() {}

  static CoordinatorMessage message() {
    ByteString hash = ByteString.copyFrom(new byte[32]);
    Timestamp time = Timestamp.newBuilder().setSeconds(1L << 31).setNanos(1 << 29).build();
    AssignmentSet.Builder set =
        AssignmentSet.newBuilder()
            .setGeneration(Generation.newBuilder().setEpoch(1).setPosition(100_000))
            .setSha256(hash);
    for (int i = 0; i < 2; i++) {
      set.addAssignments(
          AssignmentReference.newBuilder()
              .setAssociationId("0".repeat(36))
              .setSha256(hash)
              .setEffectiveFrom(time));
    }
    return CoordinatorMessage.newBuilder()
        .setSet(set)
        .addBodies(ByteString.copyFrom(new byte[BODY_BYTES]))
        .build();
  }
}
