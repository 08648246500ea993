package dev.holdfast.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.coordinator.server.StartException;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.LinkServiceGrpc;
import dev.holdfast.wire.v1.ActivationServiceGrpc;
import dev.holdfast.wire.v1.CreateActivationRequest;
import dev.holdfast.wire.v1.DescribeActivationsRequest;
import dev.holdfast.wire.v1.ParameterServiceGrpc;
import dev.holdfast.wire.v1.PutParameterRequest;
import dev.holdfast.wire.v1.TokenServiceGrpc;
import dev.holdfast.wire.v1.WhoAmIRequest;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CoordinatorProgramTest {
  private static final String UNKNOWN = "hft_" + "A".repeat(43);

  @SuppressWarnings("NullAway.Init") // set before the tests
  private Running running;

  @BeforeAll
  void start(@TempDir Path folder) throws StartException {
    running = Running.start(folder.resolve("data"));
  }

  @AfterAll
  void stop() {
    running.close();
  }

  @Test
  void theTokenOfTheFirstStartOpensEverything() throws IOException {
    var answer = whoAmI(running.admin(running.adminToken()));

    assertEquals("admin", answer.getName());
    assertEquals("admin", answer.getRole());
    assertFalse(answer.hasExpires());
  }

  @Test
  void noTokenAndEveryBadTokenGetOneAndTheSameAnswer() throws Exception {
    String revoked = token("gone", "admin", "60");
    LocalAdministration.perform(running.data(), "revoke-token", Map.of("name", "gone"));
    Metadata basic = new Metadata();
    basic.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Basic x");

    List<Status> refusals =
        List.of(
            refusal(running.admin("")),
            refusal(running.admin(UNKNOWN)),
            refusal(running.admin(revoked)),
            refusal(
                io.grpc.ClientInterceptors.intercept(
                    running.admin(""), MetadataUtils.newAttachHeadersInterceptor(basic))));

    assertEquals(
        List.of(Status.Code.UNAUTHENTICATED),
        refusals.stream().map(Status::getCode).distinct().toList());
    assertEquals(1, refusals.stream().map(Status::getDescription).distinct().count());
  }

  @Test
  void aRoleThatLacksAMethodIsRefusedAndMayDoWhatItHas() throws Exception {
    var activations =
        ActivationServiceGrpc.newBlockingStub(running.admin(token("eyes", "viewer", "60")));

    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class,
            () -> activations.createActivation(CreateActivationRequest.getDefaultInstance()));

    assertEquals(Status.Code.PERMISSION_DENIED, refused.getStatus().getCode());
    assertEquals(
        0,
        activations
            .describeActivations(DescribeActivationsRequest.getDefaultInstance())
            .getActivationListCount());
  }

  @Test
  void whatIsOnOnePortIsNotOnTheOther() throws Exception {
    StatusRuntimeException admin =
        assertThrows(
            StatusRuntimeException.class, () -> whoAmI(running.agent(running.adminToken())));
    CompletableFuture<Status> agent = new CompletableFuture<>();
    LinkServiceGrpc.newStub(running.admin(running.adminToken()))
        .connect(
            new StreamObserver<CoordinatorMessage>() {
              @Override
              public void onNext(CoordinatorMessage message) {}

              @Override
              public void onError(Throwable failure) {
                agent.complete(Status.fromThrowable(failure));
              }

              @Override
              public void onCompleted() {
                agent.complete(Status.OK);
              }
            });

    assertEquals(Status.Code.UNIMPLEMENTED, admin.getStatus().getCode());
    assertEquals(Status.Code.UNIMPLEMENTED, agent.get(10, TimeUnit.SECONDS).getCode());
  }

  @Test
  void healthNeedsNoTokenOnEitherPort() throws IOException {
    for (Channel channel : List.of(running.admin(""), running.agent(""))) {
      assertEquals(
          ServingStatus.SERVING,
          HealthGrpc.newBlockingStub(channel)
              .check(HealthCheckRequest.getDefaultInstance())
              .getStatus());
    }
  }

  @Test
  void aConnectionWithoutACertificateHasTwoCallsAtOnce() throws Exception {
    Channel full = running.agent("");
    Context.CancellableContext first = watched(full);
    Context.CancellableContext second = watched(full);

    StatusRuntimeException refused =
        assertThrows(StatusRuntimeException.class, () -> serving(full));
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
    assertTrue(
        String.valueOf(refused.getStatus().getDescription())
            .startsWith("more than 2 calls at once"),
        refused.getStatus().toString());
    assertTrue(serving(running.agent("")), "another connection has its own");

    first.cancel(null);
    second.cancel(null);
  }

  /** A call that lasts until its context is cancelled; it was heard. */
  private static Context.CancellableContext watched(Channel channel) throws Exception {
    Context.CancellableContext context = Context.current().withCancellation();
    CompletableFuture<ServingStatus> answer = new CompletableFuture<>();
    context.run(
        () ->
            HealthGrpc.newStub(channel)
                .watch(
                    HealthCheckRequest.getDefaultInstance(),
                    new StreamObserver<>() {
                      @Override
                      public void onNext(HealthCheckResponse response) {
                        answer.complete(response.getStatus());
                      }

                      @Override
                      public void onError(Throwable failure) {
                        answer.completeExceptionally(failure);
                      }

                      @Override
                      public void onCompleted() {
                        answer.cancel(false);
                      }
                    }));
    assertEquals(ServingStatus.SERVING, answer.get(10, TimeUnit.SECONDS));
    return context;
  }

  private static boolean serving(Channel channel) {
    return HealthGrpc.newBlockingStub(channel)
            .check(HealthCheckRequest.getDefaultInstance())
            .getStatus()
        == ServingStatus.SERVING;
  }

  @Test
  void reflectionNeedsATokenAndIsNotOnTheAgentPort() throws Exception {
    assertEquals(Status.Code.OK, reflect(running.admin(running.adminToken())).getCode());
    assertEquals(Status.Code.UNAUTHENTICATED, reflect(running.admin("")).getCode());
    assertEquals(Status.Code.UNIMPLEMENTED, reflect(running.agent("")).getCode());
  }

  @Test
  void onlyTheNewestTlsIsSpoken() throws Exception {
    for (int port :
        List.of(running.addresses().admin().port(), running.addresses().agent().port())) {
      assertEquals("TLSv1.3", handshake(port, "TLSv1.3"));
      assertThrows(SSLException.class, () -> handshake(port, "TLSv1.2"));
    }
  }

  @Test
  void aRequestThatIsTooLargeIsRefused() throws IOException {
    var parameters = ParameterServiceGrpc.newBlockingStub(running.admin(running.adminToken()));

    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                parameters.putParameter(
                    PutParameterRequest.newBuilder()
                        .setName("large")
                        .setValue("x".repeat(1024 * 1024))
                        .build()));

    assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
  }

  @Test
  void metricsAndHealthAreReadByPlainHttp() throws Exception {
    whoAmI(running.admin(running.adminToken()));

    String metrics = http("/metrics", 200);

    assertTrue(
        metrics.contains(
            "holdfast_calls_total{code=\"OK\",method=\"holdfast.v1.TokenService/WhoAmI\"}"),
        metrics);
    assertTrue(metrics.contains("holdfast_commit_seconds_count"), metrics);
    assertTrue(metrics.contains("holdfast_admin_connections "), metrics);
    assertEquals("ok\n", http("/healthz", 200));
    assertEquals("ready\n", http("/readyz", 200));
    http("/anything", 404);
  }

  @Test
  void theReadyLineNamesWhereItListens() {
    assertTrue(
        running
            .ready()
            .matches(
                "ready agent=127\\.0\\.0\\.1:\\d+ admin=127\\.0\\.0\\.1:\\d+"
                    + " metrics=127\\.0\\.0\\.1:\\d+ data=/\\S+ version=test"),
        running.ready());
  }

  private String token(String name, String role, String seconds) throws Exception {
    return LocalAdministration.perform(
            running.data(), "create-token", Map.of("name", name, "role", role, "seconds", seconds))
        .getFirst()
        .getFirst();
  }

  private String http(String path, int code) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create("http://" + running.addresses().metrics() + path))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertEquals(code, answer.statusCode());
      return answer.body();
    }
  }

  private static dev.holdfast.wire.v1.WhoAmIResponse whoAmI(Channel channel) {
    return TokenServiceGrpc.newBlockingStub(channel).whoAmI(WhoAmIRequest.getDefaultInstance());
  }

  private static Status refusal(Channel channel) {
    return assertThrows(StatusRuntimeException.class, () -> whoAmI(channel)).getStatus();
  }

  private static Status reflect(Channel channel)
      throws ExecutionException, InterruptedException, TimeoutException {
    CompletableFuture<Status> end = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> requests =
        ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse answer) {}

                  @Override
                  public void onError(Throwable failure) {
                    end.complete(Status.fromThrowable(failure));
                  }

                  @Override
                  public void onCompleted() {
                    end.complete(Status.OK);
                  }
                });
    requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    requests.onCompleted();
    return end.get(10, TimeUnit.SECONDS);
  }

  /** The protocol that was agreed on. */
  private static String handshake(int port, String protocol)
      throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Anybody()}, new SecureRandom());
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
      socket.setEnabledProtocols(new String[] {protocol});
      socket.startHandshake();
      return socket.getSession().getProtocol();
    }
  }

  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
