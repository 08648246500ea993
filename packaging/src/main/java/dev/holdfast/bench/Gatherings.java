package dev.holdfast.bench;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.RunStatus;
import dev.holdfast.wire.v1.StartAssociationsOnceRequest;
import dev.holdfast.wire.v1.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What gathering inventory costs an agent that was started by its launcher and is enrolled: memory
 * and processor time after each of several gatherings of this machine, all types that ask no
 * package manager. The first one loads what is needed for it; after that memory should not grow.
 */
public final class Gatherings {
  private static final List<String> INPUTS =
      List.of(
          "applications",
          "networkConfig",
          "services",
          "instanceDetailedInformation",
          "disks",
          "ports",
          "users",
          "certificates",
          "kernel",
          "containers");

  /** Until what the agent gives back is given back. */
  private static final long SETTLED_SECONDS = 8;

  private static final long PATIENCE_SECONDS = 60;

  private final Rig rig;
  private final long agent;

  private Gatherings(Rig rig, long agent) {
    this.rig = rig;
    this.agent = agent;
  }

  /**
   * Measures and prints a table.
   *
   * @param arguments how many gatherings, 10 if that is left out
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int rounds = Arguments.number(arguments, 0, 10);
    if (rounds < 1 || rounds > 1_000 || arguments.length > 1) {
      System.err.println("gather: call it as packaging/bench/gather [ROUNDS], 1 to 1000");
      System.exit(2);
    }
    try (Rig rig = new Rig()) {
      rig.startCoordinator();
      String instance = rig.enroll(Map.of());
      rig.startAgent();
      new Gatherings(rig, rig.agent().pid()).measure(instance, rounds);
    }
  }

  private void measure(String instance, int rounds) throws IOException, InterruptedException {
    System.out.printf("%12s %12s %16s %14s%n", "gathering", "RSS", "of it anonymous", "CPU since");
    TimeUnit.SECONDS.sleep(SETTLED_SECONDS);
    double cpu = print("none", 0);
    Struct.Builder parameters = Struct.newBuilder();
    INPUTS.forEach(
        input -> parameters.putFields(input, Value.newBuilder().setStringValue("Enabled").build()));
    String association =
        rig.associations()
            .createAssociation(
                CreateAssociationRequest.newBuilder()
                    .setAssociation(
                        Association.newBuilder()
                            .setName("AWS-GatherSoftwareInventory")
                            .setParameters(parameters)
                            .addTargets(
                                Target.newBuilder().setKey("InstanceIds").addValues(instance)))
                    .build())
            .getAssociationDescription()
            .getAssociationId();
    for (int round = 1; round <= rounds; round++) {
      if (round > 1) {
        var _ =
            rig.associations()
                .startAssociationsOnce(
                    StartAssociationsOnceRequest.newBuilder()
                        .addAssociationIds(association)
                        .build());
      }
      await(association, round);
      TimeUnit.SECONDS.sleep(SETTLED_SECONDS);
      cpu = print(Integer.toString(round), cpu);
    }
  }

  private void await(String association, int executions) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (rig.executions(association).stream()
            .filter(each -> each.getStatus() == RunStatus.RUN_STATUS_SUCCESS)
            .count()
        < executions) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "a gathering did not end well in "
                + PATIENCE_SECONDS
                + " s: "
                + rig.executions(association));
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  /** The processor time until now, in seconds. */
  private double print(String gathering, double before) throws IOException {
    double cpu =
        ProcessHandle.of(agent)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow()
                .toNanos()
            / 1e9;
    System.out.printf(
        Locale.ROOT,
        "%12s %8.1f MiB %12.1f MiB %12.2f s%n",
        gathering,
        mebibytes("VmRSS"),
        mebibytes("RssAnon"),
        cpu - before);
    return cpu;
  }

  private double mebibytes(String figure) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + agent + "/status")).stream()
            .filter(line -> line.startsWith(figure + ":"))
            .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
            .findFirst()
            .orElseThrow()
        / 1024;
  }
}
