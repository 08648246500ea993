package dev.holdfast.agent.step;

import dev.holdfast.document.Step;
import dev.holdfast.document.Value;
import dev.holdfast.task.RunLimits;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code aws:refreshAssociation}: has associations of this instance started now (spec.md section
 * 2.1). No ids, or one that is empty, means all.
 */
final class RefreshAssociation implements Plugin {
  private static final int MAX_ID_LENGTH = 128;

  @Override
  public Work work(Step step, Value inputs, Map<String, String> environment) {
    Optional<Inputs> read = Inputs.of(inputs);
    if (read.isEmpty()) {
      return refused("the inputs of aws:refreshAssociation are one map");
    }
    Value written = read.get().value("associationIds");
    if (written instanceof Value.Fields
        || written instanceof Value.Num
        || written instanceof Value.Flag) {
      return refused("associationIds is a list of ids");
    }
    List<String> ids = read.get().texts("associationIds").stream().distinct().toList();
    if (ids.size() > RunLimits.MAX_ASSIGNMENTS) {
      return refused(
          "associationIds has "
              + ids.size()
              + " ids; at most "
              + RunLimits.MAX_ASSIGNMENTS
              + " are allowed");
    }
    Optional<String> tooLong = ids.stream().filter(id -> id.length() > MAX_ID_LENGTH).findFirst();
    return tooLong.isPresent()
        ? refused(
            "associationIds has one of "
                + tooLong.get().length()
                + " characters; at most "
                + MAX_ID_LENGTH
                + " are allowed")
        : new Work.Inside(new Task.Refresh(ids), RunLimits.REFRESH, "");
  }

  private static Work refused(String reason) {
    return new Work.Refused("InvalidInputs: " + reason);
  }
}
