package dev.holdfast.agent.link;

import com.google.protobuf.ByteString;
import dev.holdfast.wire.AssignmentCodec;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.SetCurrent;

/** What the coordinator says of the set that is wanted, as values. */
final class Answers {
  private Answers() {}

  /** A set, and bodies beside it. */
  static void set(CoordinatorMessage message, Wanted wanted) {
    wanted.wanted(
        AssignmentCodec.fromProto(message.getSet()),
        message.getBodiesList().stream().map(ByteString::toByteArray).toList());
  }

  /** The set that is held is the one that is wanted. */
  static void current(SetCurrent current, Wanted wanted, Contact contact) {
    wanted.confirmed(
        AssignmentCodec.fromProto(current.getGeneration()),
        AssignmentCodec.sha256(current.getSetSha256()));
    contact.settle();
  }
}
