package dev.holdfast.stage;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.RunStatus;
import dev.holdfast.wire.v1.Target;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * Lets both staged programs do, on this machine, what they do every day, and keeps what they load
 * and link as {@code lib/MODULE.classes.gz}. From that a host makes the cache; it could not do the
 * work itself, since where an agent is installed there is no coordinator yet.
 */
final class Recording {
  private static final long PATIENCE_SECONDS = 120;

  private Recording() {}

  /**
   * Makes them.
   *
   * @param staged the folder that {@link Stage} makes
   */
  static void make(Path staged) throws IOException, InterruptedException {
    Path root = Files.createTempDirectory("holdfast-recording");
    try {
      Path launchers = Files.createDirectories(root.resolve("packaging/bin"));
      for (Program program : Program.ALL) {
        launcher(launchers, program.home(staged), program.packageName());
      }
      System.setProperty("holdfast.root", root.toString());
      everyday();
    } finally {
      Stage.remove(root);
    }
    for (Program program : Program.ALL) {
      Path lib = program.home(staged).resolve("lib");
      pack(
          lib.resolve(program.module() + ".classes"),
          lib.resolve(program.module() + ".classes.gz"));
    }
  }

  /** Stands for a launcher, and records the service alone. */
  private static void launcher(Path launchers, Path home, String name) throws IOException {
    Path program = home.resolve("bin").resolve(name);
    Path made =
        Files.writeString(
            launchers.resolve(name),
            "#!/bin/sh\n[ \"$1\" != serve ] || export HOLDFAST_CACHE=record\nexec '"
                + program
                + "' \"$@\"\n");
    Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void everyday() throws InterruptedException {
    try (Rig rig = new Rig()) {
      rig.startCoordinator();
      String instance = rig.enroll(Map.of());
      rig.startAgent();
      String script =
          associate(
              rig,
              instance,
              "AWS-RunShellScript",
              Struct.newBuilder()
                  .putFields("commands", Value.newBuilder().setStringValue("uptime").build()));
      await(rig, script);
      await(rig, associate(rig, instance, "AWS-GatherSoftwareInventory", Struct.newBuilder()));
      int _ = rig.agent().stop();
      int _ = rig.coordinator().stop();
    }
  }

  private static String associate(
      Rig rig, String instance, String document, Struct.Builder parameters) {
    return rig.associations()
        .createAssociation(
            CreateAssociationRequest.newBuilder()
                .setAssociation(
                    Association.newBuilder()
                        .setName(document)
                        .setParameters(parameters)
                        .setScheduleExpression("rate(30 minutes)")
                        .addTargets(Target.newBuilder().setKey("InstanceIds").addValues(instance)))
                .build())
        .getAssociationDescription()
        .getAssociationId();
  }

  private static void await(Rig rig, String association) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      List<AssociationExecution> executions = rig.executions(association);
      if (executions.stream().anyMatch(each -> each.getStatus() == RunStatus.RUN_STATUS_SUCCESS)) {
        return;
      }
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "the recorded programs did not do their work: " + executions);
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  private static void pack(Path from, Path to) throws IOException {
    if (Files.notExists(from)) {
      throw new IllegalStateException("nothing was recorded: there is no " + from);
    }
    try (OutputStream file = Files.newOutputStream(to);
        OutputStream out =
            new GZIPOutputStream(file) {
              {
                def.setLevel(Deflater.BEST_COMPRESSION);
              }
            }) {
      Files.copy(from, out);
    }
    Files.delete(from);
  }
}
