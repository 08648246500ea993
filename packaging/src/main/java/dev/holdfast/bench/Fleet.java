package dev.holdfast.bench;

import dev.holdfast.system.Launched;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.CreateActivationResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Simulated agents of a rig, in as many processes as it takes: each has its own descriptors. */
final class Fleet implements AutoCloseable {
  /** Agents of one process: a descriptor each, and a heap that holds them. */
  private static final int IN_ONE = 5_000;

  private final Rig rig;
  private final Launched.Around around;
  private final List<String> options;
  private final List<Launched> processes = new ArrayList<>();
  private int agents;

  /** Of a rig whose coordinator allows many. */
  Fleet(Rig rig) {
    this(rig, Launched.Around.NOTHING, List.of());
  }

  /** The same, within something else and with more options of the simulation. */
  Fleet(Rig rig, Launched.Around around, List<String> options) {
    this.rig = rig;
    this.around = around;
    this.options = List.copyOf(options);
  }

  /** How many agents there are. */
  int agents() {
    return agents;
  }

  /** Starts so many more that there are that many, and waits until all are linked. */
  void growTo(int wanted) {
    List<Launched> begun = new ArrayList<>();
    List<Integer> counts = new ArrayList<>();
    int all = agents;
    while (agents < wanted) {
      int count = Math.min(IN_ONE, wanted - agents);
      begun.add(start(count));
      counts.add(count);
      agents += count;
    }
    for (int i = 0; i < begun.size(); i++) {
      begun
          .get(i)
          .awaitLine(
              "ready agents=" + counts.get(i),
              Duration.ofMinutes(3).plusMillis(100L * (wanted - all)));
    }
  }

  private Launched start(int count) {
    CreateActivationResponse activation = rig.activate(count, Map.of());
    int number = processes.size() + 1;
    List<String> call = new ArrayList<>(List.of("simulate", "--agents", Integer.toString(count)));
    call.addAll(List.of("--first", Integer.toString(agents + 1)));
    call.addAll(List.of("--runs-file", runsFile(number).toString()));
    call.addAll(options);
    call.addAll(List.of("--coordinator", rig.agentAddress()));
    call.addAll(List.of("--ca-file", rig.data().resolve("ca.pem").toString()));
    call.addAll(List.of("--activation-id", activation.getActivationId()));
    call.addAll(List.of("--activation-code-file", code(number, activation.getActivationCode())));
    Launched launched = Launched.start(rig.folder(), "holdfast-agent", call, around);
    processes.add(launched);
    return launched;
  }

  private Path runsFile(int number) {
    return rig.folder().resolve("runs-" + number);
  }

  private String code(int number, String text) {
    Path file = rig.folder().resolve("code-" + number);
    try {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      return Files.writeString(file, text).toString();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the activation code", e);
    }
  }

  /** What all their processes have taken together. */
  Spent spent() {
    double cpu = 0;
    double resident = 0;
    for (Launched process : processes) {
      Spent one = Spent.of(process.pid());
      cpu += one.cpuMillis();
      resident += one.residentKib();
    }
    return new Spent(cpu, resident);
  }

  /** Ends them in order; the figures that each tells. */
  List<Map<String, String>> end() {
    List<Map<String, String>> figures = new ArrayList<>();
    for (Launched process : processes) {
      process.stop();
      figures.add(Launched.words(process.awaitLine("figures ", Duration.ofSeconds(10))));
    }
    return figures;
  }

  /** A figure of all processes together. */
  static long sum(List<Map<String, String>> figures, String name) {
    return figures.stream().mapToLong(one -> Long.parseLong(one.getOrDefault(name, "0"))).sum();
  }

  /** A figure of that process where it is largest. */
  static long most(List<Map<String, String>> figures, String name) {
    return figures.stream()
        .mapToLong(one -> Long.parseLong(one.getOrDefault(name, "0")))
        .max()
        .orElse(0);
  }

  /** What they did, line by line, once they have ended. */
  List<String> runs() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int number = 1; number <= processes.size(); number++) {
      lines.addAll(Files.readAllLines(runsFile(number)));
    }
    return lines;
  }

  @Override
  public void close() {
    processes.forEach(Launched::close);
  }
}
