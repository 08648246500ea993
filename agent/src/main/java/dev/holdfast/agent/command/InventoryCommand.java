package dev.holdfast.agent.command;

import dev.holdfast.agent.inventory.Gatherer;
import dev.holdfast.agent.inventory.Gathering;
import dev.holdfast.agent.inventory.PathFilter;
import dev.holdfast.agent.inventory.PathFilters;
import dev.holdfast.document.JsonText;
import dev.holdfast.document.Value;
import dev.holdfast.report.Report;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code inventory}: gathers here and prints it as JSON, the types by their name. */
@Command(
    name = "inventory",
    mixinStandardHelpOptions = true,
    description = "Gathers the inventory of this host and prints it as JSON.")
public final class InventoryCommand implements Callable<Integer> {
  private final Gatherer gatherer;

  @Option(
      names = "--type",
      paramLabel = "T",
      description = "only this type, like AWS:Application; may be given several times")
  private @Nullable List<String> types;

  @Option(
      names = "--files",
      paramLabel = "JSON",
      description = "the files of AWS:File, like [{\"Path\":\"/etc\",\"Pattern\":[\"*.conf\"]}]")
  private @Nullable String files;

  @Option(
      names = "--certificates",
      paramLabel = "JSON",
      description = "where to look for Host:Certificate, in the same form; else the usual folders")
  private @Nullable String certificates;

  @Option(
      names = "--custom-directory",
      paramLabel = "DIR",
      description =
          "where files with types of your own are (default:"
              + " /var/lib/holdfast-agent/inventory/custom)")
  private @Nullable String customFolder;

  @Spec private @Nullable CommandSpec spec;

  /** Over a gatherer, which is asked once. */
  public InventoryCommand(Gatherer gatherer) {
    this.gatherer = gatherer;
  }

  /**
   * Prints an object: the name of a type to its version, capture time, hash and content. What could
   * not be read is told on the other stream, and the exit code is 1.
   */
  @Override
  public Integer call() {
    if (spec == null) {
      throw new IllegalStateException("a command runs inside a command line");
    }
    CommandLine line = spec.commandLine();
    Set<String> wanted = types == null ? gatherer.types() : new TreeSet<>(types);
    Set<String> asked = new TreeSet<>();
    for (String type : wanted) {
      if (type.startsWith(Gathering.CUSTOM_PREFIX) && gatherer.types().contains(Gathering.CUSTOM)) {
        asked.add(Gathering.CUSTOM);
      } else if (gatherer.types().contains(type)) {
        asked.add(type);
      } else {
        throw new ParameterException(
            line,
            "--type is '"
                + type
                + "'; allowed: "
                + String.join(", ", new TreeSet<>(gatherer.types())));
      }
    }
    Map<String, Value> data = new TreeMap<>();
    Gatherer.Found found =
        gatherer.gather(
            new Gathering(
                asked,
                filters(line, "--files", files),
                filters(line, "--certificates", certificates),
                Optional.ofNullable(customFolder)));
    for (Report.Inventory each : found.types()) {
      if (asked.contains(each.typeName())
          || wanted.contains(each.typeName())
          || wanted.contains(Gathering.CUSTOM)) {
        data.put(each.typeName(), value(each));
      }
    }
    line.getOut().println(JsonText.pretty(new Value.Fields(data)));
    found.failures().forEach(line.getErr()::println);
    return found.failures().isEmpty() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private static List<PathFilter> filters(CommandLine line, String option, @Nullable String json) {
    if (json == null) {
      return List.of();
    }
    PathFilters.Reading reading = PathFilters.read(option, json);
    if (reading.mistake().isPresent()) {
      throw new ParameterException(line, reading.mistake().get());
    }
    return reading.filters();
  }

  private static Value value(Report.Inventory inventory) {
    Map<String, Value> fields = new LinkedHashMap<>();
    fields.put("typeName", new Value.Text(inventory.typeName()));
    fields.put("schemaVersion", new Value.Text(inventory.schemaVersion()));
    fields.put("captureTime", new Value.Text(inventory.captureTime().toString()));
    fields.put("contentHash", new Value.Text(inventory.contentHash()));
    fields.put(
        "content",
        new Value.Items(inventory.items().stream().map(InventoryCommand::item).toList()));
    return new Value.Fields(fields);
  }

  private static Value item(Map<String, String> item) {
    Map<String, Value> fields = new LinkedHashMap<>();
    item.forEach((name, value) -> fields.put(name, new Value.Text(value)));
    return new Value.Fields(fields);
  }
}
