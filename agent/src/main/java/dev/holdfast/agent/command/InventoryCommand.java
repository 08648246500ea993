package dev.holdfast.agent.command;

import dev.holdfast.agent.inventory.Gatherer;
import dev.holdfast.agent.inventory.Gathering;
import dev.holdfast.document.JsonText;
import dev.holdfast.document.Value;
import dev.holdfast.report.Report;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  @Spec private @Nullable CommandSpec spec;

  /** Over a gatherer, which is asked once. */
  public InventoryCommand(Gatherer gatherer) {
    this.gatherer = gatherer;
  }

  /** Prints an object: the name of a type to its version, capture time, hash and content. */
  @Override
  public Integer call() {
    if (spec == null) {
      throw new IllegalStateException("a command runs inside a command line");
    }
    CommandLine line = spec.commandLine();
    Set<String> wanted = types == null ? gatherer.types() : new TreeSet<>(types);
    for (String type : wanted) {
      if (!gatherer.types().contains(type)) {
        throw new ParameterException(
            line,
            "--type is '"
                + type
                + "'; allowed: "
                + String.join(", ", new TreeSet<>(gatherer.types())));
      }
    }
    Map<String, Value> data = new TreeMap<>();
    for (Report.Inventory each : gatherer.gather(Gathering.of(wanted))) {
      data.put(each.typeName(), value(each));
    }
    line.getOut().println(JsonText.pretty(new Value.Fields(data)));
    return CommandLine.ExitCode.OK;
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
