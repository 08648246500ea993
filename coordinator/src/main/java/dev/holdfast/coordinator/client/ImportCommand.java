package dev.holdfast.coordinator.client;

import dev.holdfast.task.Limits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code import}: takes over associations and documents of AWS, and says what it did. */
@Command(
    name = "import",
    description = {
      "Takes over associations and documents of AWS: the JSON that 'aws ssm describe-association'"
          + " and 'aws ssm get-document' print, or that 'create-association' takes.",
      "Documents come first. What it created, dropped and refused is one line each: exit code 1 if"
          + " anything was refused."
    },
    mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // picocli sets it before a command runs
  @Spec
  private CommandSpec spec;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "JSON, one resource each")
  private List<Path> files = List.of();

  @Option(
      names = "--dry-run",
      description = "have everything checked by the coordinator, and store nothing")
  private boolean dryRun;

  @Option(
      names = "--acknowledge-targets",
      paramLabel = "N",
      defaultValue = "0",
      description = "on how many instances one association may run at once by this (default: 0)")
  private int acknowledged;

  @Mixin private Connection connection = new Connection();

  @Override
  public Integer call() throws Exception {
    List<Importing.Read> reads = new ArrayList<>();
    for (Path path : files) {
      reads.add(new Importing.Read(path.toString(), AwsFile.read(text(path))));
    }
    return connection.run(
        channel ->
            new Importing(channel, spec.commandLine().getOut(), dryRun, acknowledged).all(reads));
  }

  private static String text(Path path) throws ClientException {
    try {
      if (Files.size(path) > Limits.MAX_ADMIN_MESSAGE_BYTES) {
        throw new ClientException(
            path
                + " has more than "
                + Limits.MAX_ADMIN_MESSAGE_BYTES
                + " bytes: it is no resource");
      }
      return Files.readString(path, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new ClientException("cannot read " + path + ": name a file that you may read", e);
    }
  }
}
