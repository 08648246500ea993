package dev.holdfast.coordinator.client;

import com.google.protobuf.Message;
import dev.holdfast.wire.v1.GetInventoryResponse;
import dev.holdfast.wire.v1.InventoryEntry;
import io.grpc.Channel;
import java.io.PrintWriter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code get}: shows what the coordinator has. */
@Command(
    name = "get",
    description = "Shows what the coordinator has: as a table, or as JSON.",
    synopsisSubcommandLabel =
        "(associations | instances | documents | executions | inventory | compliance)",
    mixinStandardHelpOptions = true)
final class GetCommand {
  @SuppressWarnings("NullAway.Init") // picocli sets it before a command runs
  @Spec
  private CommandSpec spec;

  /** Whether it is for a person or a script. */
  static final class Form {
    @Option(names = "--json", description = "as JSON, in protobuf's form")
    private boolean json;
  }

  @Command(
      name = "associations",
      description = "What is kept true, and whether it is.",
      mixinStandardHelpOptions = true)
  int associations(@Mixin Connection connection, @Mixin Form form) throws Exception {
    return show(
        connection,
        form,
        Lists::associations,
        List.of("ID", "NAME", "DOCUMENT", "SCHEDULE", "STATUS", "INSTANCES", "LAST"),
        answer -> answer.getAssociationsList().stream().map(Rows::association).toList());
  }

  @Command(
      name = "instances",
      description = "The managed machines.",
      mixinStandardHelpOptions = true)
  int instances(@Mixin Connection connection, @Mixin Form form) throws Exception {
    return show(
        connection,
        form,
        Lists::instances,
        List.of(
            "ID", "NAME", "STATE", "PRESENCE", "PLATFORM", "AGENT", "LAST SEEN", "ASSOCIATIONS"),
        answer -> answer.getInstanceInformationListList().stream().map(Rows::instance).toList());
  }

  @Command(name = "documents", description = "What can be done.", mixinStandardHelpOptions = true)
  int documents(@Mixin Connection connection, @Mixin Form form) throws Exception {
    return show(
        connection,
        form,
        Lists::documents,
        List.of("NAME", "OWNER", "DEFAULT", "LATEST", "SCHEMA", "FORMAT", "PLATFORMS"),
        answer -> answer.getDocumentIdentifiersList().stream().map(Rows::document).toList());
  }

  @Command(
      name = "executions",
      description = "When an association was due, newest first, and how it went.",
      mixinStandardHelpOptions = true)
  int executions(
      @Parameters(paramLabel = "ASSOCIATION", description = "id or name") String association,
      @Mixin Connection connection,
      @Mixin Form form)
      throws Exception {
    return show(
        connection,
        form,
        channel -> Lists.executions(channel, association),
        List.of("ID", "TRIGGER", "STATUS", "DETAIL", "TARGETS", "BY STATUS", "CREATED"),
        answer -> answer.getAssociationExecutionsList().stream().map(Rows::execution).toList());
  }

  @Command(
      name = "inventory",
      description = "What is on an instance: which types, or the entries of one.",
      mixinStandardHelpOptions = true)
  int inventory(
      @Parameters(paramLabel = "INSTANCE", description = "id") String instance,
      @Option(names = "--type", paramLabel = "T", description = "one type: AWS:Application")
          @Nullable String type,
      @Mixin Connection connection,
      @Mixin Form form)
      throws Exception {
    if (type == null) {
      return show(
          connection,
          form,
          channel -> Lists.inventory(channel, instance),
          List.of("TYPE", "ENTRIES", "SCHEMA", "CAPTURED"),
          GetCommand::types);
    }
    return connection.run(
        channel -> {
          var answer = Lists.entries(channel, instance, type);
          List<String> attributes = attributes(answer.getEntriesList());
          tell(
              form,
              answer,
              attributes,
              answer.getEntriesList().stream()
                  .map(entry -> Rows.entry(entry, attributes))
                  .toList());
          return 0;
        });
  }

  @Command(
      name = "compliance",
      description = "Whether it is right: on all instances, or on one.",
      mixinStandardHelpOptions = true)
  int compliance(
      @Parameters(paramLabel = "INSTANCE", arity = "0..1", description = "id")
          @Nullable String instance,
      @Mixin Connection connection,
      @Mixin Form form)
      throws Exception {
    return show(
        connection,
        form,
        channel -> Lists.compliance(channel, instance == null ? List.of() : List.of(instance)),
        List.of("INSTANCE", "TYPE", "ID", "TITLE", "STATUS", "SEVERITY", "SINCE"),
        answer -> answer.getComplianceItemsList().stream().map(Rows::compliance).toList());
  }

  private <P extends Message> int show(
      Connection connection,
      Form form,
      Function<Channel, P> call,
      List<String> heading,
      Function<P, List<List<String>>> rows)
      throws ClientException, InterruptedException {
    return connection.run(
        channel -> {
          P answer = call.apply(channel);
          tell(form, answer, heading, rows.apply(answer));
          return 0;
        });
  }

  private void tell(Form form, Message answer, List<String> heading, List<List<String>> rows) {
    PrintWriter out = spec.commandLine().getOut();
    if (form.json) {
      Shown.json(out, answer);
    } else {
      Shown.table(out, heading, rows);
    }
    out.flush();
  }

  private static List<List<String>> types(GetInventoryResponse answer) {
    return answer.getEntitiesList().stream()
        .flatMap(entity -> entity.getDataMap().values().stream())
        .map(Rows::type)
        .sorted((one, other) -> one.getFirst().compareTo(other.getFirst()))
        .toList();
  }

  private static List<String> attributes(List<InventoryEntry> entries) {
    Set<String> attributes = new LinkedHashSet<>();
    // a name first, since it is what people look for
    if (entries.stream().anyMatch(entry -> entry.containsAttributes("Name"))) {
      attributes.add("Name");
    }
    entries.forEach(
        entry -> entry.getAttributesMap().keySet().stream().sorted().forEach(attributes::add));
    return List.copyOf(attributes);
  }
}
