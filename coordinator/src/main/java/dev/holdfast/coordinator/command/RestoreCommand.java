package dev.holdfast.coordinator.command;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code restore}: brings a coordinator back from a backup. */
@Command(
    name = "restore",
    description =
        "Brings the coordinator's data back from a backup, and begins a new history of the store,"
            + " so that agents tell again what it has forgotten. The coordinator must not run.",
    mixinStandardHelpOptions = true)
public final class RestoreCommand implements Callable<Integer> {
  private final Restorer restorer;

  @SuppressWarnings("NullAway.Init") // picocli sets it before a command runs
  @Spec
  private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets it before a command runs
  @Parameters(paramLabel = "FILE", description = "a file that backup made")
  private Path file;

  @Option(names = "--replace", description = "puts the data that is there aside")
  private boolean replace;

  @Option(
      names = "--epoch",
      paramLabel = "N",
      description =
          "the number of the new history, if agents hold a higher one than would be chosen")
  private @Nullable Long epoch;

  @Mixin private DataFlag data = new DataFlag();

  /** Brings data back. */
  public interface Restorer {
    /** Does it; what came back and what did not, in lines for people. */
    List<String> restore(Path data, Path file, boolean replace, OptionalLong epoch)
        throws Exception;
  }

  /** With what does it. */
  public RestoreCommand(Restorer restorer) {
    this.restorer = restorer;
  }

  @Override
  public Integer call() throws Exception {
    OptionalLong wanted = epoch == null ? OptionalLong.empty() : OptionalLong.of(epoch);
    for (String line : restorer.restore(data.folder(), file, replace, wanted)) {
      spec.commandLine().getOut().println(Table.printable(line));
    }
    return 0;
  }
}
