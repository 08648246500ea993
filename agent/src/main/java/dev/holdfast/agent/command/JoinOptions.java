package dev.holdfast.agent.command;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.identity.Enrolment.Anchor;
import dev.holdfast.agent.identity.IdentityException;
import dev.holdfast.config.HostPort;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which coordinator to join, how it is known, and by which activation. */
final class JoinOptions {
  private static final int MAX_FILE_BYTES = 16 * 1024;

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

  /** Where the coordinator is. */
  HostPort address() {
    try {
      return HostPort.parse(coordinator);
    } catch (IllegalArgumentException e) {
      throw new IdentityException("--coordinator: " + e.getMessage(), e);
    }
  }

  /** How it is known. */
  Anchor anchor(InputStream in) {
    if (trust.file != null) {
      return new Anchor.Authority(ByteString.copyFrom(content(trust.file, in)));
    }
    return new Anchor.Pin(trust.pin == null ? "" : trust.pin);
  }

  String activationId() {
    return activationId;
  }

  /** A secret. */
  String code(InputStream in) {
    return new String(content(codeFile, in), StandardCharsets.UTF_8).strip();
  }

  private static byte[] content(Path file, InputStream in) {
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
