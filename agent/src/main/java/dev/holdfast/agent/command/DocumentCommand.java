package dev.holdfast.agent.command;

import dev.holdfast.agent.inventory.Gatherer;
import dev.holdfast.document.DocumentLimits;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.DocumentReading;
import dev.holdfast.document.JsonText;
import dev.holdfast.document.Problem;
import dev.holdfast.document.Value;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code document}: checks documents, and runs one here and now. Needs no coordinator. */
@Command(
    name = "document",
    description = "Check documents, or run one here and now.",
    mixinStandardHelpOptions = true)
public final class DocumentCommand {
  private static final Set<String> PLATFORMS = Set.of("Linux", "Windows", "MacOS");

  private final PrintStream out;
  private final PrintStream err;
  private final Gatherer gatherer;

  @Spec private CommandSpec spec;

  /**
   * With where to print.
   *
   * @param out for results; UTF-8 is written to it
   * @param err for what went wrong
   * @param gatherer for documents that gather inventory
   */
  @SuppressWarnings("NullAway.Init") // picocli sets the specification before it calls anything
  public DocumentCommand(PrintStream out, PrintStream err, Gatherer gatherer) {
    this.out = out;
    this.err = err;
    this.gatherer = gatherer;
  }

  @Command(
      name = "validate",
      description = "Check documents: one line of JSON each.",
      mixinStandardHelpOptions = true)
  int validate(
      @Parameters(arity = "1..*", paramLabel = "FILE", description = "Documents, JSON or YAML.")
          List<Path> files) {
    boolean allValid = true;
    for (Path file : files) {
      Map<String, Value> line = new LinkedHashMap<>();
      line.put("file", new Value.Text(file.toString()));
      List<Problem> errors;
      List<Problem> warnings = List.of();
      String version = "";
      int steps = 0;
      try {
        DocumentReading reading = DocumentReader.read(bytes(file));
        errors = reading.errors();
        warnings = reading.warnings();
        version = reading.schemaVersion();
        steps = reading.steps();
      } catch (IOException e) {
        errors = List.of(new Problem(0, 0, "the file can't be read: " + e));
      }
      line.put("valid", new Value.Flag(errors.isEmpty()));
      line.put("errors", problems(errors));
      line.put("warnings", problems(warnings));
      line.put("schemaVersion", new Value.Text(version));
      line.put("steps", new Value.Num(BigDecimal.valueOf(steps)));
      print(new Value.Fields(line));
      allValid &= errors.isEmpty();
    }
    return allValid ? 0 : 1;
  }

  @Command(
      name = "run",
      description = "Run a document here and now, and print what became of it as JSON.",
      mixinStandardHelpOptions = true)
  int run(
      @Parameters(paramLabel = "FILE", description = "A document, JSON or YAML.") Path file,
      @Option(
              names = "--parameters",
              paramLabel = "F.json",
              description = "Values: name to string, list, boolean, number or object.")
          Optional<Path> parameters,
      @Option(names = "--audit", description = "Report the drift, change nothing.") boolean audit,
      @Option(
              names = "--output",
              paramLabel = "DIR",
              description = "Keep scripts and output here; by default they are removed.")
          Optional<Path> output,
      @Option(
              names = "--platform",
              paramLabel = "P",
              description = "Judge preconditions as on Linux, Windows or MacOS.")
          Optional<String> platform) {
    Optional<String> judgedAs = platform.map(this::platform);
    byte[] document;
    try {
      document = bytes(file);
    } catch (IOException e) {
      return failed("the document " + file + " can't be read: " + e);
    }
    Map<String, Value> values = Map.of();
    if (parameters.isPresent()) {
      List<Problem> problems = new ArrayList<>();
      try {
        Optional<Value> read = DocumentReader.readJson(bytes(parameters.get()), problems);
        if (!problems.isEmpty() || !(read.orElseThrow() instanceof Value.Fields(var fields))) {
          return failed(
              "the parameters in "
                  + parameters.get()
                  + " have to be one JSON object"
                  + problems.stream().map(p -> "; " + p.text()).reduce("", String::concat));
        }
        values = fields;
      } catch (IOException e) {
        return failed("the parameters in " + parameters.get() + " can't be read: " + e);
      }
    }
    // What the service logs of a run is here the answer itself.
    System.setProperty("org.slf4j.simpleLogger.log.run", "warn");
    LocalRun run = new LocalRun(ThisHost.facts("", ""), gatherer);
    try {
      LocalRun.Result result = run.run(document, values, audit, output, judgedAs);
      print(result.json());
      return result.success() ? 0 : 1;
    } catch (IOException e) {
      return failed("the output folder can't be used: " + e);
    }
  }

  private String platform(String written) {
    return PLATFORMS.stream()
        .filter(known -> known.equalsIgnoreCase(written))
        .findFirst()
        .orElseThrow(
            () ->
                new ParameterException(
                    spec.commandLine(),
                    "--platform is '" + written + "'; allowed are Linux, Windows, MacOS"));
  }

  private int failed(String message) {
    err.println(message.replace('\n', ' '));
    return 1;
  }

  private void print(Value value) {
    byte[] line = (JsonText.line(value) + "\n").getBytes(StandardCharsets.UTF_8);
    out.write(line, 0, line.length);
    out.flush();
  }

  private static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      // One more than is allowed: the reader says so.
      return in.readNBytes(DocumentLimits.MAX_BYTES + 1);
    }
  }

  private static Value problems(List<Problem> problems) {
    return new Value.Items(
        problems.stream()
            .<Value>map(
                problem -> {
                  Map<String, Value> fields = new LinkedHashMap<>();
                  fields.put("line", new Value.Num(BigDecimal.valueOf(problem.line())));
                  fields.put("column", new Value.Num(BigDecimal.valueOf(problem.column())));
                  fields.put("message", new Value.Text(problem.message()));
                  return new Value.Fields(fields);
                })
            .toList());
  }
}
