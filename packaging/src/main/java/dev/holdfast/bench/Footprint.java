package dev.holdfast.bench;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.RunStatus;
import dev.holdfast.wire.v1.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What the installed programs take of a host, beside what they may take: disk, memory, processor
 * time, and how long they take to be there. What does not depend on how busy the machine is decides
 * the exit code; times only show.
 */
public final class Footprint {
  private static final long PATIENCE_SECONDS = 120;
  private static final int STARTS = 5;
  private static final int AT_ONCE = 20;
  private static final double MIB = 1 << 20;

  private final Rig rig;
  private final Path home;
  private final int minutes;
  private boolean over;

  private Footprint(Rig rig, Path home, int minutes) {
    this.rig = rig;
    this.home = home;
    this.minutes = minutes;
  }

  /**
   * Measures and prints a table; exit code 1 if memory or disk is more than it may be.
   *
   * @param arguments {@code --quick}: a minute of idling instead of five
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    List<String> words = List.of(arguments);
    if (!words.isEmpty() && !words.equals(List.of("--quick"))) {
      System.err.println("footprint: call it as packaging/bench/footprint [--quick]");
      System.exit(2);
    }
    Path home = Path.of(System.getProperty("holdfast.root")).resolve("opt/holdfast");
    boolean over;
    try (Rig rig = new Rig()) {
      Footprint footprint = new Footprint(rig, home, words.isEmpty() ? 5 : 1);
      footprint.measure();
      over = footprint.over;
    }
    System.exit(over ? 1 : 0);
  }

  private void measure() throws IOException, InterruptedException {
    System.out.printf("%-62s %10s %10s%n", "", "is", "may be");
    disk("agent", 80);
    disk("coordinator", Double.NaN);
    coordinator();
    String instance = rig.enroll(Map.of());
    rig.startAgent();
    await(associate(instance, "AWS-GatherSoftwareInventory", Struct.newBuilder(), "inventory"));
    agentStarts();
    long agent = rig.agent().pid();
    // until what the start and the first round took is given back
    TimeUnit.SECONDS.sleep(60);
    double before = cpu(agent);
    TimeUnit.MINUTES.sleep(minutes);
    row("agent: processor time while idle, s a minute", (cpu(agent) - before) / minutes, 0.10);
    double idle = kept("agent: resident, idle, MiB", status(agent, "VmRSS"), 95);
    kept("agent: of it anonymous, MiB", status(agent, "RssAnon"), 48);
    kept("agent: resident at most during 20 associations, MiB", burst(instance, agent), idle + 20);
  }

  private void disk(String program, double bound) throws IOException {
    Path folder = home.resolve(program);
    double cache = Files.size(folder.resolve("lib/" + program + ".cache")) / 1e6;
    double all;
    try (Stream<Path> files = Files.walk(folder)) {
      all = files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
    kept(program + ": on disk as it comes, MB", all / 1e6 - cache, bound);
    row(program + ": its cache, made by the host, MB", cache, Double.NaN);
  }

  private void coordinator() throws IOException, InterruptedException {
    rig.startCoordinator();
    List<Long> nanos = new ArrayList<>();
    for (int i = 0; i < STARTS; i++) {
      int _ = rig.coordinator().stop();
      long began = System.nanoTime();
      rig.startCoordinator();
      nanos.add(System.nanoTime() - began);
    }
    row("coordinator: ready after, s (median of 5)", new Times(nanos).millis(0.5) / 1e3, 2.0);
    TimeUnit.SECONDS.sleep(20);
    kept(
        "coordinator: resident without agents, MiB", status(rig.coordinator().pid(), "VmRSS"), 160);
  }

  private void agentStarts() {
    List<Long> nanos = new ArrayList<>();
    for (int i = 0; i < STARTS; i++) {
      int _ = rig.agent().stop();
      long began = System.nanoTime();
      String line = rig.startAgent();
      nanos.add(System.nanoTime() - began);
      if (line.endsWith("offline")) {
        throw new IllegalStateException("the agent did not connect: " + line);
      }
    }
    row(
        "agent: linked and settled after, s (median of 5)",
        new Times(nanos).millis(0.5) / 1e3,
        1.2);
  }

  /** The most that the agent is while so many associations of three steps begin at once. */
  private double burst(String instance, long agent) throws IOException, InterruptedException {
    Struct.Builder commands =
        Struct.newBuilder()
            .putFields(
                "commands",
                Value.newBuilder()
                    .setListValue(
                        ListValue.newBuilder()
                            .addValues(Value.newBuilder().setStringValue("true"))
                            .addValues(Value.newBuilder().setStringValue("sleep 0.2")))
                    .build());
    List<String> started = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      started.add(associate(instance, "AWS-RunShellScript", commands, "burst-" + i));
    }
    double most = 0;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!started.stream().allMatch(this::succeeded)) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("the associations did not all succeed");
      }
      for (int i = 0; i < 20; i++) {
        most = Math.max(most, status(agent, "VmRSS"));
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
    return most;
  }

  private String associate(
      String instance, String document, Struct.Builder parameters, String name) {
    return rig.associations()
        .createAssociation(
            CreateAssociationRequest.newBuilder()
                .setAssociation(
                    Association.newBuilder()
                        .setName(document)
                        .setAssociationName(name)
                        .setParameters(parameters)
                        .addTargets(Target.newBuilder().setKey("InstanceIds").addValues(instance)))
                .build())
        .getAssociationDescription()
        .getAssociationId();
  }

  private void await(String association) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!succeeded(association)) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("no success: " + rig.executions(association));
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  private boolean succeeded(String association) {
    return rig.executions(association).stream()
        .map(AssociationExecution::getStatus)
        .anyMatch(status -> status == RunStatus.RUN_STATUS_SUCCESS);
  }

  private static double cpu(long pid) {
    return ProcessHandle.of(pid)
            .flatMap(process -> process.info().totalCpuDuration())
            .orElseThrow()
            .toNanos()
        / 1e9;
  }

  /** A line of the kernel's status of a process, in MiB. */
  private static double status(long pid, String name) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
            .filter(line -> line.startsWith(name + ":"))
            .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
            .findFirst()
            .orElseThrow()
        * 1024
        / MIB;
  }

  /** A figure that decides. */
  private double kept(String what, double is, double mayBe) {
    over |= is > mayBe;
    row(what, is, mayBe);
    return is;
  }

  private static void row(String what, double is, double mayBe) {
    System.out.printf(
        Locale.ROOT,
        "%-62s %10.2f %10s%s%n",
        what,
        is,
        Double.isNaN(mayBe) ? "" : String.format(Locale.ROOT, "%.2f", mayBe),
        is > mayBe ? "  over" : "");
  }
}
