package dev.holdfast.coordinator;

import dev.holdfast.config.HostPort;
import dev.holdfast.coordinator.retention.Kept;
import dev.holdfast.coordinator.server.StartException;
import dev.holdfast.coordinator.trust.EnrolmentRates;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A coordinator that runs in this process, on loopback, and channels to it over TLS. */
final class Running implements AutoCloseable {
  private static final HostPort ANY = new HostPort("127.0.0.1", 0);

  private final Path data;
  private final CoordinatorProgram program;
  private final List<ManagedChannel> channels = new ArrayList<>();

  private Running(Path data, CoordinatorProgram program) {
    this.data = data;
    this.program = program;
  }

  static Running start(Path data) throws StartException {
    return new Running(
        data, CoordinatorProgram.start(config(data), "test", Armed.nothing(), _ -> {}));
  }

  /** The defaults, on free ports of loopback. */
  static CoordinatorConfig config(Path data) {
    return config(data, ANY, Optional.empty());
  }

  static CoordinatorConfig config(Path data, HostPort admin, Optional<String> trustDomain) {
    return new CoordinatorConfig(
        data,
        ANY,
        admin,
        ANY,
        List.of(),
        trustDomain,
        100,
        100,
        20,
        10,
        new CoordinatorConfig.Rates(20, 65_536, 60, 6, 1_000_000, 10_000),
        EnrolmentRates.Settings.DEFAULT,
        Kept.DEFAULT,
        data.resolve("parameters.key"),
        java.time.Duration.ofDays(7),
        CoordinatorConfig.LogLevel.INFO);
  }

  Path data() {
    return data;
  }

  String ready() {
    return program.ready();
  }

  CoordinatorProgram.Addresses addresses() {
    return program.addresses();
  }

  String adminToken() throws IOException {
    return Files.readString(data.resolve("admin.token")).strip();
  }

  ManagedChannel admin(String token) throws IOException {
    return channel(program.addresses().admin(), token);
  }

  ManagedChannel agent(String token) throws IOException {
    return channel(program.addresses().agent(), token);
  }

  /** A channel that shows a token, or none if it is empty. */
  private ManagedChannel channel(HostPort address, String token) throws IOException {
    Metadata headers = new Metadata();
    if (!token.isEmpty()) {
      headers.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
    }
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(address.host(), address.port())
            .sslContext(
                GrpcSslContexts.forClient().trustManager(data.resolve("ca.pem").toFile()).build())
            .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
            .build();
    channels.add(channel);
    return channel;
  }

  @Override
  public void close() {
    try {
      for (ManagedChannel channel : channels) {
        channel.shutdownNow().awaitTermination(2, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    program.close();
  }
}
