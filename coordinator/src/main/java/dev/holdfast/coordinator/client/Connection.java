package dev.holdfast.coordinator.client;

import dev.holdfast.config.HostPort;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Option;

/** How the coordinator is reached; options that every command has. */
final class Connection {
  /** How long one call may take. */
  static final long CALL_SECONDS = 60;

  private static final int MAX_ANSWER_BYTES = 8 * 1024 * 1024;

  @Option(
      names = "--address",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:HOLDFAST_ADDRESS:-localhost:7441}",
      description = "the coordinator's admin port (default: HOLDFAST_ADDRESS, or localhost:7441)")
  private HostPort address = new HostPort("localhost", 7441);

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      defaultValue = "${env:HOLDFAST_CA:-/var/lib/holdfast-coordinator/ca.pem}",
      description = "its authority (default: HOLDFAST_CA, or ca.pem of the coordinator here)")
  private Path ca = Path.of("ca.pem");

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      defaultValue = "${env:HOLDFAST_TOKEN_FILE:-/var/lib/holdfast-coordinator/admin.token}",
      description =
          "your token (default: HOLDFAST_TOKEN_FILE, or admin.token of the coordinator here)")
  private Path token = Path.of("admin.token");

  /** What is done with an open connection. */
  interface Work {
    /** The exit code. */
    int with(ManagedChannel channel) throws ClientException, InterruptedException;
  }

  /** Opens a connection, works, closes it. */
  int run(Work work) throws ClientException, InterruptedException {
    ManagedChannel channel = open();
    try {
      return work.with(channel);
    } catch (StatusRuntimeException e) {
      throw ClientException.of(e, address, ca, token);
    } finally {
      channel.shutdownNow().awaitTermination(2, TimeUnit.SECONDS);
    }
  }

  private ManagedChannel open() throws ClientException {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
        "Bearer " + readToken());
    ClientInterceptor bearer = MetadataUtils.newAttachHeadersInterceptor(headers);
    try {
      return NettyChannelBuilder.forAddress(address.host(), address.port())
          .sslContext(
              GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                  .protocols("TLSv1.3")
                  .trustManager(ca.toFile())
                  .build())
          .maxInboundMessageSize(MAX_ANSWER_BYTES)
          .intercept(bearer)
          .build();
    } catch (IOException | IllegalArgumentException e) {
      throw new ClientException(
          "cannot read the authority " + ca + ": name the coordinator's ca.pem with --ca", e);
    }
  }

  private String readToken() throws ClientException {
    try {
      String text = Files.readString(token).strip();
      if (!text.matches("[A-Za-z0-9_-]{1,200}")) {
        throw new ClientException(
            "the file " + token + " holds no token: name another one with --token-file");
      }
      return text;
    } catch (IOException e) {
      throw new ClientException(
          "cannot read the token " + token + ": name a file that you may read with --token-file",
          e);
    }
  }
}
