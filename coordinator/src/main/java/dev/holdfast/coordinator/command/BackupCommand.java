package dev.holdfast.coordinator.command;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code backup}: all that a coordinator needs to come back, in one file. */
@Command(
    name = "backup",
    description =
        "Makes one file of the store, the authority's keys and the pepper, as they are at one"
            + " moment; also while the coordinator runs. The keys of SecureStrings are not in it.",
    mixinStandardHelpOptions = true)
public final class BackupCommand implements Callable<Integer> {
  private final Maker maker;

  @SuppressWarnings("NullAway.Init") // picocli sets it before a command runs
  @Spec
  private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets it before a command runs
  @Parameters(paramLabel = "FILE", description = "the file to make; there must be none yet")
  private Path file;

  @Mixin private DataFlag data = new DataFlag();

  /** Makes backups. */
  public interface Maker {
    /** Makes one; what is in it and what is not, in lines for people. */
    List<String> backup(Path data, Path file) throws Exception;
  }

  /** With what makes them. */
  public BackupCommand(Maker maker) {
    this.maker = maker;
  }

  @Override
  public Integer call() throws Exception {
    for (String line : maker.backup(data.folder(), file)) {
      spec.commandLine().getOut().println(Table.printable(line));
    }
    return 0;
  }
}
