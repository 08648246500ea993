package dev.holdfast.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.wire.v1.DescribeInstanceInformationRequest;
import dev.holdfast.wire.v1.InstanceInformation;
import dev.holdfast.wire.v1.InstanceServiceGrpc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host on which commands of pages are typed: its own state, programs that go there, and a note of
 * what was called. What installs packages and starts services is played.
 */
final class PlayedHost {
  private static final Path ROOT = Path.of(System.getProperty("holdfast.root"));

  final Rig rig;
  final Path folder;
  final Path bin;
  final Path state;
  final Path config;

  /** One with a state of its own. */
  PlayedHost(Rig rig, String name) throws IOException {
    this(rig, name, rig.folder().resolve(name).resolve("state"));
  }

  /** One whose agent has that state. */
  PlayedHost(Rig rig, String name, Path state) throws IOException {
    this.rig = rig;
    this.state = state;
    folder = Files.createDirectory(rig.folder().resolve(name));
    bin = Files.createDirectory(folder.resolve("bin"));
    Files.createDirectory(folder.resolve("tmp"));
    config = Files.createFile(folder.resolve("agent.yaml"));
    String note = "echo \"$(basename \"$0\") $*\" >> " + folder.resolve("calls") + "\n";
    program(
        "holdfast-agent",
        note
            + """
            case $1 in
              enroll | serve) set -- "$@" --state %s --config %s ;;
              status | metrics | resume) set -- "$@" --state %s ;;
            esac
            exec %s/packaging/bin/holdfast-agent "$@"\
            """
                .formatted(state, config, state, ROOT));
    program(
        "holdfast-coordinator",
        """
        if [ "$1 $2" = "activation create" ]; then set -- "$@" --address %s; fi
        exec %s/packaging/bin/holdfast-coordinator "$@" --data %s\
        """
            .formatted(rig.agentAddress(), ROOT, rig.data()));
    program(
        "holdfast",
        """
        export HOLDFAST_ADDRESS=%s HOLDFAST_CA=%s HOLDFAST_TOKEN_FILE=%s
        exec %s/packaging/bin/holdfast "$@"\
        """
            .formatted(
                rig.adminAddress(),
                rig.data().resolve("ca.pem"),
                rig.data().resolve("admin.token"),
                ROOT));
    Files.copy(bin.resolve("holdfast-agent"), folder.resolve("packed"));
    program(
        "apt-get", note + "cp -p %s %s/holdfast-agent".formatted(folder.resolve("packed"), bin));
    program("rpm", note + "exit 1");
    program("systemctl", note);
    program("ssh", "shift\nexec \"$@\"");
  }

  /** Puts a program there, in the place of one that there may be. */
  void program(String name, String text) throws IOException {
    Path file = Files.writeString(bin.resolve(name), "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Runs commands of the coordinator's machine; what they print. */
  String sh(String commands) throws Exception {
    return shell("bash", "set -eu -o pipefail\n" + commands);
  }

  /** Puts commands into a shell; what they print. */
  String shell(String shell, String commands) throws Exception {
    return run(List.of(shell), commands, 0);
  }

  /** What commands print, on both streams and however they end. */
  String shown(String commands) throws Exception {
    Process process = start(List.of("bash"), "exec 2>&1\n" + commands);
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return out;
  }

  int exit(String shell, String commands) throws Exception {
    return start(List.of(shell), commands).waitFor();
  }

  String run(List<String> command, String in, int exit) throws Exception {
    Process process = start(command, in);
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals(exit, process.exitValue(), () -> out + errors());
    return out;
  }

  private Process start(List<String> command, String in) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("PATH", bin + ":" + System.getenv("PATH"));
    builder.environment().put("TMPDIR", folder.resolve("tmp").toString());
    builder.redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("errors").toFile()));
    Process process = builder.start();
    try (var to = process.getOutputStream()) {
      to.write(in.getBytes(StandardCharsets.UTF_8));
    }
    return process;
  }

  private String errors() {
    try {
      return Files.readString(folder.resolve("errors"));
    } catch (IOException e) {
      return String.valueOf(e);
    }
  }

  List<String> calls() {
    try {
      Path file = folder.resolve("calls");
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** What is left of the files with the pin and the code. */
  List<Path> leftBehind() throws IOException {
    try (var files = Files.list(folder.resolve("tmp"))) {
      return files.filter(file -> file.getFileName().toString().startsWith("tmp.")).toList();
    }
  }

  String instancesActivation(String lines) {
    Matcher made = Pattern.compile("--activation-id (\\S+)").matcher(lines);
    assertTrue(made.find(), lines);
    return made.group(1);
  }

  List<InstanceInformation> instances() {
    return InstanceServiceGrpc.newBlockingStub(rig.channel())
        .withCallCredentials(rig.token())
        .describeInstanceInformation(DescribeInstanceInformationRequest.getDefaultInstance())
        .getInstanceInformationListList();
  }
}
