package dev.holdfast.agent.command;

import dev.holdfast.agent.identity.Enrolment.Anchor;
import dev.holdfast.association.InstanceId;
import dev.holdfast.config.HostPort;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code enroll}: joins this host to a coordinator. */
@Command(
    name = "enroll",
    mixinStandardHelpOptions = true,
    description = {
      "Join this host to a coordinator. Safe to repeat: the same folder stays the same instance.",
      "The activation code is read from a file, so that it is in no list of processes."
    })
public final class EnrollCommand implements Callable<Integer> {
  private final Joining joining;
  private final InputStream in;
  private final PrintStream out;

  @Mixin private JoinOptions join = new JoinOptions();

  @Option(
      names = "--config",
      paramLabel = "F",
      description = "configuration file (default: /etc/holdfast/agent.yaml, if it is there)")
  private @Nullable Path config;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "folder of state (default: /var/lib/holdfast-agent)")
  private @Nullable Path state;

  @Option(
      names = "--replace",
      description = "become another instance; needs allow_reenroll: true in the configuration file")
  private boolean replace;

  /** What the command asks for. */
  public interface Joining {
    /** Joins, or finds that it has joined. */
    InstanceId join(Request request) throws Exception;
  }

  /**
   * The options.
   *
   * @param activationCode a secret
   * @param config empty: the default, if it is there
   * @param state empty: as configured
   */
  public record Request(
      HostPort coordinator,
      Anchor anchor,
      String activationId,
      String activationCode,
      Optional<Path> config,
      Optional<Path> state,
      boolean replace) {

    /** Without the code. */
    @Override
    public String toString() {
      return "Request[" + coordinator + " " + activationId + "]";
    }
  }

  /**
   * Over what joins.
   *
   * @param in where the code is read from if its file is {@code -}
   * @param out where the instance is printed
   */
  public EnrollCommand(Joining joining, InputStream in, PrintStream out) {
    this.joining = joining;
    this.in = in;
    this.out = out;
  }

  @Override
  public Integer call() throws Exception {
    InstanceId instance =
        joining.join(
            new Request(
                join.address(),
                join.anchor(in),
                join.activationId(),
                join.code(in),
                Optional.ofNullable(config),
                Optional.ofNullable(state),
                replace));
    out.println("instance " + instance);
    out.flush();
    return 0;
  }
}
