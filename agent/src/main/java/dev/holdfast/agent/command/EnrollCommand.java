package dev.holdfast.agent.command;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.identity.Enrolment.Anchor;
import dev.holdfast.agent.identity.IdentityException;
import dev.holdfast.association.InstanceId;
import dev.holdfast.config.HostPort;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
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
  private static final int MAX_FILE_BYTES = 16 * 1024;

  private final Joining joining;
  private final InputStream in;
  private final PrintStream out;

  @Option(
      names = "--coordinator",
      paramLabel = "H:P",
      required = true,
      description = "its agent port")
  private String coordinator = "";

  @ArgGroup(multiplicity = "1")
  private Trust trust = new Trust();

  @Option(
      names = "--activation-id",
      paramLabel = "ID",
      required = true,
      description = "the activation")
  private String activationId = "";

  @Option(
      names = "--activation-code-file",
      paramLabel = "F",
      required = true,
      description = "a file with its code; - is standard input")
  private Path codeFile = Path.of("-");

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

  /** How the coordinator is known: exactly one. */
  private static final class Trust {
    @Option(
        names = "--ca-pin",
        paramLabel = "sha256:HEX",
        required = true,
        description = "the hash of its CA's key, as in its ca.pin")
    private @Nullable String pin;

    @Option(
        names = "--ca-file",
        paramLabel = "F",
        required = true,
        description = "its CA's certificate, as in its ca.pem")
    private @Nullable Path file;
  }

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
                address(),
                anchor(),
                activationId,
                code(),
                Optional.ofNullable(config),
                Optional.ofNullable(state),
                replace));
    out.println("instance " + instance);
    out.flush();
    return 0;
  }

  private HostPort address() {
    try {
      return HostPort.parse(coordinator);
    } catch (IllegalArgumentException e) {
      throw new IdentityException("--coordinator: " + e.getMessage(), e);
    }
  }

  private Anchor anchor() {
    if (trust.file != null) {
      return new Anchor.Authority(ByteString.copyFrom(content(trust.file)));
    }
    return new Anchor.Pin(trust.pin == null ? "" : trust.pin);
  }

  private String code() {
    return new String(content(codeFile), StandardCharsets.UTF_8).strip();
  }

  private byte[] content(Path file) {
    boolean standardInput = file.equals(Path.of("-"));
    try (InputStream opened = standardInput ? in : Files.newInputStream(file)) {
      byte[] content = opened.readNBytes(MAX_FILE_BYTES + 1);
      if (content.length > MAX_FILE_BYTES) {
        throw new IdentityException("the file " + file + " has more than 16 KiB");
      }
      return content;
    } catch (IOException e) {
      throw new IdentityException("the file " + file + " can't be read: " + e, e);
    }
  }
}
