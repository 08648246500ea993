package dev.holdfast.coordinator.client;

import dev.holdfast.wire.v1.ExportFleetRequest;
import dev.holdfast.wire.v1.ExportFleetResponse;
import dev.holdfast.wire.v1.InventoryServiceGrpc;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code export}: inventory and compliance of the fleet into files. */
@Command(
    name = "export",
    description = {
      "Writes inventory and compliance of the whole fleet into files: a JSON object a line, a"
          + " folder a type, a file an instance.",
      "One that was interrupted goes on where it was when it is started again on the same folder."
    },
    mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // picocli sets it before a command runs
  @Spec
  private CommandSpec spec;

  @Parameters(paramLabel = "FOLDER", description = "a new folder, or one with an unfinished export")
  private Path folder = Path.of(".");

  @Option(
      names = "--types",
      paramLabel = "TYPE",
      split = ",",
      description =
          "only these, as AWS:Application,AWS:ComplianceItem (default: all; the same ones when it"
              + " goes on)")
  private List<String> types = List.of();

  @Mixin private Connection connection = new Connection();

  @Override
  public Integer call() throws Exception {
    try (ExportFolder target = ExportFolder.open(folder)) {
      return connection.run(
          channel -> {
            Iterator<ExportFleetResponse> lines =
                InventoryServiceGrpc.newBlockingStub(channel)
                    .exportFleet(
                        ExportFleetRequest.newBuilder()
                            .addAllTypes(types)
                            .setAfter(target.cursor())
                            .build());
            while (lines.hasNext()) {
              ExportFleetResponse line = lines.next();
              target.take(line.getPath(), line.getLine(), line.getCursor());
            }
            target.finish();
            PrintWriter out = spec.commandLine().getOut();
            out.println("exported " + target.lines() + " lines into " + target.files() + " files");
            out.flush();
            return 0;
          });
    } catch (IOException e) {
      throw new ClientException("cannot write below " + folder + ": is its disk full?", e);
    }
  }
}
