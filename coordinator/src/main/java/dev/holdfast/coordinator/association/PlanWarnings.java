package dev.holdfast.coordinator.association;

import dev.holdfast.assignment.Assignment;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.DocumentForm;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Bodies;
import dev.holdfast.coordinator.store.Documents;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.document.Document;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.DocumentReading;
import dev.holdfast.document.Plugins;
import dev.holdfast.document.Preconditions;
import dev.holdfast.document.Problem;
import dev.holdfast.document.Step;
import dev.holdfast.document.Value;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.AssignmentCodec;
import dev.holdfast.wire.ValueCodec;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationMode;
import dev.holdfast.wire.v1.Warning;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is worth knowing of an association before it is saved: parameters that are pasted into
 * scripts, platforms on which it does nothing, and other associations that keep the same thing on
 * the same instances. For one thread at a time.
 */
final class PlanWarnings {
  /** Warnings of one kind; more are counted in the last. */
  static final int MAX_OF_A_KIND = 20;

  private static final int REMEMBERED_REVISIONS = 2_000;

  // A revision's bytes never change, so what they keep may be remembered.
  private final Map<Sha256, Set<String>> writes =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Sha256, Set<String>> eldest) {
          return size() > REMEMBERED_REVISIONS;
        }
      };

  /**
   * The warnings.
   *
   * @param id of the association that is edited; of nobody if it is new
   * @param content without errors
   * @param targets those that it would apply to
   * @param platforms how many of them there are of each platform type; of unknown ones none
   */
  synchronized List<Warning> of(
      Read read,
      AssociationId id,
      Association content,
      Set<InstanceId> targets,
      Map<String, Integer> platforms) {
    List<Warning> all = new ArrayList<>();
    Optional<byte[]> text =
        Documents.find(read, content.getName())
            .flatMap(name -> DocumentForm.select(read, name, content.getDocumentVersion()))
            .flatMap(version -> Bodies.find(read, version.sha256()));
    if (text.isEmpty()) {
      return all;
    }
    DocumentReading reading = DocumentReader.read(text.get());
    pasted(reading.warnings(), all);
    if (reading.document().isPresent()) {
      Document document = reading.document().get();
      Map<String, Value> values =
          References.of(read, Optional.of(document), ValueCodec.fromProto(content.getParameters()))
              .values();
      platforms.forEach((platform, count) -> platform(document, values, platform, count, all));
      if (content.getMode() != AssociationMode.ASSOCIATION_MODE_AUDIT) {
        same(read, id, StateWrites.of(document, values), targets, all);
      }
    }
    return all;
  }

  private static void pasted(List<Problem> problems, List<Warning> all) {
    problems.stream()
        .filter(problem -> problem.message().contains("is pasted into a script"))
        .map(Problem::message)
        .distinct()
        .limit(MAX_OF_A_KIND)
        .forEach(message -> all.add(warning("PastedParameter", message, "association.name")));
  }

  private static void platform(
      Document document, Map<String, Value> values, String platform, int count, List<Warning> all) {
    List<String> idle =
        document.steps().stream()
            .filter(step -> !runsOn(step, values, platform))
            .map(Step::name)
            .toList();
    if (idle.size() == document.steps().size()) {
      all.add(
          warning(
              "PlatformMismatch",
              "no step of the document runs on " + platform + ", which " + are(count),
              "association.targets"));
      return;
    }
    List<String> unfit =
        document.steps().stream()
            .filter(step -> step.precondition().isEmpty() && !fits(step, platform))
            .map(Step::name)
            .limit(MAX_OF_A_KIND)
            .toList();
    if (!unfit.isEmpty()) {
      all.add(
          warning(
              "PlatformMismatch",
              "the steps "
                  + String.join(", ", unfit)
                  + " don't run on "
                  + platform
                  + ", which "
                  + are(count),
              "association.targets"));
    }
  }

  private static String are(int count) {
    return count + (count == 1 ? " target is" : " targets are");
  }

  private static boolean runsOn(Step step, Map<String, Value> values, String platform) {
    return fits(step, platform)
        && step.precondition()
            .map(
                precondition ->
                    !(Preconditions.judge(precondition, values, platform)
                        instanceof Preconditions.Verdict.DoesNot))
            .orElse(true);
  }

  private static boolean fits(Step step, String platform) {
    return Plugins.platforms(step.action()).map(set -> set.contains(platform)).orElse(true);
  }

  private void same(
      Read read, AssociationId id, Set<String> own, Set<InstanceId> targets, List<Warning> all) {
    if (own.isEmpty() || targets.isEmpty()) {
      return;
    }
    int found = 0;
    for (Associations.Current other : Associations.current(read, "", Integer.MAX_VALUE)) {
      if (other.row().id().equals(id) || other.row().revision().isEmpty()) {
        continue;
      }
      Set<String> common = new TreeSet<>(own);
      common.retainAll(writes(read, other.row().revision().get()));
      if (common.isEmpty()) {
        continue;
      }
      long shared = shared(targets, Memberships.memberIds(read, other.row().id()));
      if (shared > 0) {
        found++;
        if (found <= MAX_OF_A_KIND) {
          all.add(
              warning(
                  "SameResource",
                  "the association "
                      + (other.row().name().isEmpty()
                          ? other.row().id().value()
                          : other.row().name())
                      + " keeps the same on "
                      + shared
                      + (shared == 1 ? " instance: " : " instances: ")
                      + String.join(", ", common),
                  "association.name"));
        }
      }
    }
    if (found > MAX_OF_A_KIND) {
      all.add(
          warning(
              "SameResource",
              (found - MAX_OF_A_KIND) + " more associations keep the same on these instances",
              "association.name"));
    }
  }

  private static long shared(Set<InstanceId> targets, Collection<InstanceId> members) {
    return members.stream().filter(targets::contains).count();
  }

  private Set<String> writes(Read read, Sha256 revision) {
    Set<String> known = writes.get(revision);
    if (known == null) {
      known = read(read, revision);
      writes.put(revision, known);
    }
    return known;
  }

  private static Set<String> read(Read read, Sha256 revision) {
    Optional<Assignment> assignment =
        Bodies.find(read, revision).map(AssignmentCodec::fromBytes).filter(one -> !one.audit());
    return assignment
        .flatMap(one -> Bodies.find(read, one.document()))
        .flatMap(bytes -> DocumentReader.read(bytes).document())
        .map(document -> StateWrites.of(document, assignment.orElseThrow().parameters()))
        .orElse(Set.of());
  }

  private static Warning warning(String code, String message, String field) {
    return Warning.newBuilder().setCode(code).setMessage(message).setField(field).build();
  }
}
