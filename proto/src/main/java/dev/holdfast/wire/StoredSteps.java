package dev.holdfast.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.wire.agent.OutputReport;
import dev.holdfast.wire.agent.StepReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** The steps of a run as the coordinator stores them: one message after the other. */
public final class StoredSteps {
  private StoredSteps() {}

  /**
   * The same steps without what they put out. How much that was is still told, so whoever reads
   * them sees that it is not there any more.
   *
   * @param stored {@code StepReport} messages, each after its length
   * @throws WireException if they can't be read
   */
  public static ByteString withoutOutput(ByteString stored) throws WireException {
    List<StepReport> steps = new ArrayList<>();
    try (InputStream in = stored.newInput()) {
      StepReport step = StepReport.parseDelimitedFrom(in);
      while (step != null) {
        steps.add(step);
        step = StepReport.parseDelimitedFrom(in);
      }
    } catch (InvalidProtocolBufferException e) {
      throw new WireException("the steps of a run can't be read: " + e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    ByteString.Output bytes = ByteString.newOutput();
    try {
      for (StepReport step : steps) {
        StepReport.Builder bare = step.toBuilder();
        if (step.hasStdout()) {
          bare.setStdout(bare(step.getStdout()));
        }
        if (step.hasStderr()) {
          bare.setStderr(bare(step.getStderr()));
        }
        bare.build().writeDelimitedTo(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteString();
  }

  private static OutputReport bare(OutputReport output) {
    return output.toBuilder().clearHead().clearTail().build();
  }
}
