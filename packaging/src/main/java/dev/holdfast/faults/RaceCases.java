package dev.holdfast.faults;

import dev.holdfast.system.Launched;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Another user of the host tries to be there first. */
final class RaceCases {
  private static final Duration ENDS = Duration.ofSeconds(60);
  private static final String NOBODY = "nobody";

  private RaceCases() {}

  static List<Case> all() {
    return List.of(new Links());
  }

  /** Links, folders and hard links where the agent may write next. */
  static final class Links implements Case {
    @Override
    public String id() {
      return "D06";
    }

    @Override
    public String claim() {
      return "what an unprivileged user plants while runs go makes the agent write, read or execute"
          + " nothing of it; in an unsafe folder it does not start";
    }

    @Override
    public void run(Trial trial) throws Exception {
      trial.needs(
          Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
          "only root can act as another user");
      trial.needsProgram("setpriv");
      trial.needs(Shell.works(trial.folder(), List.of("id", NOBODY)), "there is no user " + NOBODY);
      // Others can reach it, as they can /var/lib.
      Path open = Files.createTempDirectory("holdfast-open");
      try (AutoCloseable _ = () -> Shell.require(Path.of("/"), List.of("rm", "-rf", open + ""))) {
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
        race(trial, open);
        unsafe(trial, open);
      }
    }

    private static void race(Trial trial, Path open) throws Exception {
      Path canary = Files.writeString(trial.folder().resolve("canary"), "untouched\n");
      Path ours = Files.writeString(open.resolve("ours"), "exit 99\n");
      Path state = Files.createDirectory(open.resolve("state"), only("rwx------"));
      Rig rig = trial.closing(Rig.withState(state));
      rig.configure(Field.OPEN_DOOR);
      rig.startCoordinator();
      Marked marked = Marked.enroll(trial, rig);
      Path home = Files.createDirectory(open.resolve("home"), only("rwxrwxrwx"));
      Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
      rig.createScript("root", List.of(marked.mark(), "echo out"));
      asNobody(rig, home);
      rig.startAgent();
      List<String> associations =
          List.of(marked.associate("root", to -> to), marked.associate("user", to -> to));
      Path log = trial.folder().resolve("attack");
      Process attack =
          new ProcessBuilder(
                  List.of(
                      "setpriv",
                      "--reuid=65534",
                      "--regid=65534",
                      "--clear-groups",
                      "--",
                      "sh",
                      "-c",
                      attack(state, home, canary, ours)))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      try {
        int runs = trial.scale().of(6, 60, 500);
        for (int i = 0; i < runs; i++) {
          for (String association : associations) {
            trial.require(marked.runs(association, ENDS), "a run has no end");
          }
          trial.count(Figure.FAULTS, 1);
        }
        trial.require(attack.isAlive(), "the attack ended: " + Files.readString(log));
      } finally {
        attack.descendants().forEach(ProcessHandle::destroyForcibly);
        attack.destroyForcibly().waitFor();
      }
      trial.require(
          marked.known().values().stream()
              .allMatch(target -> target.getDetailedStatus().equals("Success")),
          "not all went well: " + marked.known().values());
      trial.require(Files.readString(canary).equals("untouched\n"), "the canary was written");
      trial.require(
          Integer.valueOf(1).equals(Files.getAttribute(canary, "unix:nlink")),
          "the canary has another name");
      trial.require(wins(state).isEmpty(), "in the state folder: " + wins(state));
      trial.require(
          wins(Path.of("/run/holdfast")).isEmpty(), "there: " + wins(Path.of("/run/holdfast")));
      marked.judge(trial);
      trial.require(rig.agent().stop() == 0, "it does not stop");
    }

    /** A document whose script runs as that user, where that user may write. */
    private static void asNobody(Rig rig, Path home) {
      var _ =
          DocumentServiceGrpc.newBlockingStub(rig.channel())
              .withCallCredentials(rig.token())
              .createDocument(
                  CreateDocumentRequest.newBuilder()
                      .setName("user")
                      .setContent(
                          """
                          schemaVersion: '2.2'
                          mainSteps:
                          - action: aws:runShellScript
                            name: script
                            inputs:
                              runAs: nobody
                              workingDirectory: %s
                              runCommand:
                              - '[ "$(id -u)" = 65534 ]'
                          """
                              .formatted(home))
                      .build());
    }

    /** Plants at every place that one could guess, without an end. */
    private static String attack(Path state, Path home, Path canary, Path ours) {
      return """
      n=0
      while :; do
        n=$((n + 1))
        for place in %1$s %1$s/runs %1$s/spool %1$s/work /run/holdfast /run/holdfast/* %2$s %2$s/* /tmp/holdfast /tmp/hsperfdata_root; do
          for name in exit exit.tmp script wrapper.sh _script.sh stdout.0 out err groups lock identity $n; do
            ln -s %3$s $place/$name
            ln %3$s $place/$name
            ln %4$s $place/$name
            mkdir $place/$name
            mv %4$s $place/$name
          done
        done 2>/dev/null
        [ $((n %% 20)) -gt 0 ] || rm -rf %2$s/* 2>/dev/null
      done
      """
          .formatted(state, home, canary, ours);
    }

    /** What is there and is not root's, or is a link. */
    private static List<Path> wins(Path folder) throws IOException {
      List<Path> found = new ArrayList<>();
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        return found;
      }
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.toList()) {
          Map<String, Object> facts =
              Files.readAttributes(path, "unix:uid,nlink,mode", LinkOption.NOFOLLOW_LINKS);
          if (!Integer.valueOf(0).equals(facts.get("uid"))
              || Files.isSymbolicLink(path)
              || (Files.isRegularFile(path) && !Integer.valueOf(1).equals(facts.get("nlink")))) {
            found.add(path);
          }
        }
      }
      return found;
    }

    /** Folders in which, or in whose place, others could put something. */
    private static void unsafe(Trial trial, Path open) throws Exception {
      Path parent = Files.createDirectory(open.resolve("group"), only("rwxr-xr-x"));
      Path state = parent.resolve("state");
      Shell.require(open, List.of("cp", "-a", open.resolve("state").toString(), state.toString()));
      Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxrwxr-x"));
      refused(trial, state, "so they could replace the state folder");
      Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxrwx---"));
      refused(trial, state, "others can write to the state folder");
      Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwx------"));
      Files.setAttribute(state, "unix:uid", 65_534);
      refused(trial, state, "belongs to another user");
      Path link = Files.createSymbolicLink(parent.resolve("link"), open.resolve("state"));
      refused(trial, link, "is not a folder");
    }

    private static void refused(Trial trial, Path state, String why) {
      try (Launched agent =
          Launched.start(
              trial.folder(), "holdfast-agent", List.of("serve", "--state", "" + state))) {
        int code = agent.awaitEnd(ENDS);
        trial.require(code == 1 && agent.said().contains(why), why + ": " + code + agent.said());
        trial.count(Figure.REFUSED, 1);
      } catch (AssertionError e) {
        trial.require(false, why + ": it starts: " + e.getMessage());
      }
    }

    private static java.nio.file.attribute.FileAttribute<?> only(String mode) {
      return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
    }
  }
}
