package dev.holdfast.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import dev.holdfast.wire.agent.DriftReport;
import dev.holdfast.wire.agent.OutputReport;
import dev.holdfast.wire.agent.StepReport;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class StoredStepsTest {
  private static final StepReport STEP =
      StepReport.newBuilder()
          .setName("one")
          .setExitCode(3)
          .addDrift(DriftReport.newBuilder().setResource("file /a"))
          .setReason("why")
          .build();

  @Test
  void whatStepsPutOutGoesAndHowMuchItWasStays() throws Exception {
    ByteString stored =
        stored(
            STEP.toBuilder().setStdout(output("begin", "end", 9_000)).build(),
            STEP.toBuilder().setStderr(output("oh", "", 2)).build(),
            STEP);

    assertEquals(
        stored(
            STEP.toBuilder().setStdout(output("", "", 9_000)).build(),
            STEP.toBuilder().setStderr(output("", "", 2)).build(),
            STEP),
        StoredSteps.withoutOutput(stored));
    assertEquals(ByteString.EMPTY, StoredSteps.withoutOutput(ByteString.EMPTY));
  }

  @Test
  void whatIsNoStepIsSaidToBeNone() {
    assertThrows(
        WireException.class, () -> StoredSteps.withoutOutput(ByteString.copyFromUtf8("\7abc")));
  }

  private static OutputReport output(String head, String tail, long total) {
    return OutputReport.newBuilder()
        .setHead(ByteString.copyFromUtf8(head))
        .setTail(ByteString.copyFromUtf8(tail))
        .setTotalBytes(total)
        .build();
  }

  private static ByteString stored(StepReport... steps) throws IOException {
    ByteString.Output bytes = ByteString.newOutput();
    for (StepReport step : steps) {
      step.writeDelimitedTo(bytes);
    }
    return bytes.toByteString();
  }
}
