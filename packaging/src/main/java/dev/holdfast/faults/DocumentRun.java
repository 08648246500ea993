package dev.holdfast.faults;

import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.Problem;
import dev.holdfast.document.Value;
import dev.holdfast.system.Launched;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.DoubleAccumulator;

/**
 * A document that the agent ran here and now.
 *
 * @param said what it said of it
 * @param peakMegabytes the most that it took
 * @param seconds from its start to its word
 */
record DocumentRun(Value.Fields said, double peakMegabytes, double seconds) {
  private static final Duration LONGEST = Duration.ofMinutes(10);

  /** Runs it; an error if the agent ends without a word. */
  static DocumentRun of(Path folder, String document, List<String> options, Launched.Around around)
      throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("document.yaml"), document);
    List<String> call = new ArrayList<>(List.of("document", "run", file.toString()));
    call.addAll(options);
    DoubleAccumulator peak = new DoubleAccumulator(Math::max, 0);
    AtomicBoolean over = new AtomicBoolean();
    long began = System.nanoTime();
    try (Launched agent = Launched.start(folder, "holdfast-agent", call, around)) {
      Thread watch =
          Thread.ofVirtual()
              .start(
                  () -> {
                    while (!over.get()) {
                      peak.accumulate(Memory.resident(agent.pid()));
                      try {
                        Thread.sleep(50);
                      } catch (InterruptedException e) {
                        return;
                      }
                    }
                  });
      String line = agent.awaitLine("{", LONGEST);
      double seconds = (System.nanoTime() - began) / 1e9;
      over.set(true);
      watch.join();
      List<Problem> problems = new ArrayList<>();
      Value value =
          DocumentReader.readJson(line.getBytes(StandardCharsets.UTF_8), problems).orElseThrow();
      return new DocumentRun((Value.Fields) value, peak.get(), seconds);
    }
  }

  /** What it said of each step. */
  List<Value.Fields> steps() {
    return ((Value.Items) said.fields().getOrDefault("steps", new Value.Items(List.of())))
        .items().stream().map(step -> (Value.Fields) step).toList();
  }

  /** A text or number of it; empty if there is none. */
  static String text(Value.Fields of, String name) {
    return switch (of.fields().getOrDefault(name, new Value.Null())) {
      case Value.Text(var text) -> text;
      case Value.Num(var number) -> number.toPlainString();
      default -> "";
    };
  }
}
