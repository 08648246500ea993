package dev.holdfast.faults;

import dev.holdfast.document.Value;
import dev.holdfast.system.Launched;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Scripts that say too much, or leave something behind. */
final class OutputCases {
  private OutputCases() {}

  static List<Case> all() {
    return List.of(new Flood(), new Orphans());
  }

  /** What it says of a document of one script. */
  private record Ran(Value.Fields step, double peakMegabytes, double seconds) {}

  private static Ran document(Trial trial, List<String> lines, int timeout) throws Exception {
    Path folder = Files.createTempDirectory(trial.folder(), "document");
    StringBuilder text =
        new StringBuilder(
            """
            schemaVersion: '2.2'
            mainSteps:
            - action: aws:runShellScript
              name: script
              inputs:
                timeoutSeconds: %d
                runCommand:
            """
                .formatted(timeout));
    lines.forEach(line -> text.append("    - |-\n      ").append(line).append('\n'));
    DocumentRun ran =
        DocumentRun.of(
            folder, text.toString(), List.of("--output", folder + "/out"), Launched.Around.NOTHING);
    return new Ran(ran.steps().getFirst(), ran.peakMegabytes(), ran.seconds());
  }

  private static String text(Ran ran, String name) {
    return DocumentRun.text(ran.step, name);
  }

  /** Output without end. */
  static final class Flood implements Case {
    @Override
    public String id() {
      return "D09";
    }

    @Override
    public String claim() {
      return "whatever a script says, the agent stays small, keeps the first and the last part, and"
          + " counts every byte";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int megabytes = trial.scale().of(48, 1_024, 4_096);
      double idle = document(trial, List.of("echo hello"), 60).peakMegabytes;
      for (String where : List.of("", " 1>&2")) {
        String all = "head -c " + megabytes + "M /dev/zero | tr '\\0' x" + where;
        Ran ran = document(trial, List.of("printf begin" + where, all, "printf end" + where), 600);
        String stream = where.isEmpty() ? "stdout" : "stderr";
        String kept = text(ran, stream);
        long total = megabytes * 1024L * 1024 + "begin".length() + "end".length();
        trial.require(text(ran, "status").equals("Success"), "it ended " + text(ran, "status"));
        trial.require(
            text(ran, stream + "Bytes").equals(Long.toString(total)),
            stream + ": " + text(ran, stream + "Bytes") + " bytes counted of " + total);
        trial.require(
            kept.startsWith("beginxxx") && kept.endsWith("xxxend"),
            stream + " does not keep how it began and ended");
        trial.largest(Figure.PEAK_RSS, ran.peakMegabytes);
        trial.require(
            ran.peakMegabytes < idle + 64,
            "the agent grew from " + idle + " to " + ran.peakMegabytes + " MB");
        trial.note(stream + "-s", "%.1f".formatted(ran.seconds));
        trial.count(Figure.FAULTS, 1);
      }
    }
  }

  /** Children that a script leaves behind. */
  static final class Orphans implements Case {
    @Override
    public String id() {
      return "D11";
    }

    @Override
    public String claim() {
      return "a step does not wait for children that it left behind for more than 5 s; one that is"
          + " ended leaves none";
    }

    @Override
    public void run(Trial trial) throws Exception {
      trial.needsProgram("pgrep");
      trial.needsProgram("bash");
      int rounds = trial.scale().of(1, 5, 20);
      for (int round = 0; round < rounds; round++) {
        String mark = "holdfast-orphan-" + trial.random().nextLong(Long.MAX_VALUE);
        // As the name that ps shows, so that it can be found whatever becomes of its environment.
        String child = "bash -c 'exec -a " + mark + " sleep 90' &";
        Ran ended = document(trial, List.of(child, "echo over"), 60);
        trial.require(text(ended, "status").equals("Success"), "it ended " + text(ended, "status"));
        trial.largest(Figure.RECOVERY, ended.seconds);
        trial.requireInTime(ended.seconds < 10, "the step took " + ended.seconds + " s");
        List<Long> after = Shell.named(trial.folder(), mark);
        trial.require(after.size() == 1, "of the child that a step left " + after + " is there");
        trial.require(
            text(ended, "reason").contains("1"), "the step says: '" + text(ended, "reason") + "'");
        Shell.end(after);
        Ran late =
            document(trial, List.of("setsid bash -c 'exec -a " + mark + " sleep 90' & wait"), 5);
        trial.require(text(late, "status").equals("TimedOut"), "it ended " + text(late, "status"));
        List<Long> outlived = Shell.named(trial.folder(), mark);
        trial.require(outlived.isEmpty(), "a child outlived a step that was ended");
        Shell.end(outlived);
        trial.count(Figure.FAULTS, 2);
      }
    }
  }
}
