package dev.holdfast.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import dev.holdfast.wire.v1.ActivationServiceGrpc;
import dev.holdfast.wire.v1.AddTagsToResourceRequest;
import dev.holdfast.wire.v1.AuditEvent;
import dev.holdfast.wire.v1.AuditServiceGrpc;
import dev.holdfast.wire.v1.CreateActivationRequest;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.CreateTokenRequest;
import dev.holdfast.wire.v1.CreateTokenResponse;
import dev.holdfast.wire.v1.DeleteRoleBindingRequest;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import dev.holdfast.wire.v1.Event;
import dev.holdfast.wire.v1.EventServiceGrpc;
import dev.holdfast.wire.v1.InstanceServiceGrpc;
import dev.holdfast.wire.v1.ListTokensRequest;
import dev.holdfast.wire.v1.LookupAttribute;
import dev.holdfast.wire.v1.LookupEventsRequest;
import dev.holdfast.wire.v1.ParameterServiceGrpc;
import dev.holdfast.wire.v1.ParameterType;
import dev.holdfast.wire.v1.PutParameterRequest;
import dev.holdfast.wire.v1.PutRoleBindingRequest;
import dev.holdfast.wire.v1.PutWebhookRequest;
import dev.holdfast.wire.v1.ResourceType;
import dev.holdfast.wire.v1.RevokeTokenRequest;
import dev.holdfast.wire.v1.RoleBinding;
import dev.holdfast.wire.v1.TokenServiceGrpc;
import dev.holdfast.wire.v1.TokenServiceGrpc.TokenServiceBlockingStub;
import dev.holdfast.wire.v1.WatchRequest;
import dev.holdfast.wire.v1.WhoAmIRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens, bindings and the audit trail of a coordinator that runs. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PeopleTest {
  @SuppressWarnings("NullAway.Init") // set before the tests
  private Running running;

  @SuppressWarnings("NullAway.Init") // set before the tests
  private TokenServiceBlockingStub admin;

  private int names;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    running = Running.start(folder.resolve("data"));
    admin = as(running.adminToken());
  }

  @AfterAll
  void stop() {
    running.close();
  }

  @Test
  void aTokenIsGoodForEightHoursUnlessToldOtherwise() throws Exception {
    CreateTokenResponse made = make("viewer", "");
    Instant expires = Instant.ofEpochSecond(made.getTokenInformation().getExpires().getSeconds());
    long minutes = Duration.between(Instant.now(), expires).toMinutes();

    assertTrue(minutes > 470 && minutes <= 480, minutes + " minutes");
    assertEquals("viewer", as(made.getToken()).whoAmI(who()).getRole());
  }

  @ParameterizedTest
  @CsvSource({"91d", "0s", "-1h", "soon"})
  void noTokenLivesForLongerThanNinetyDaysOrNotAtAll(String ttl) {
    assertEquals(Status.Code.INVALID_ARGUMENT, code(() -> make("viewer", ttl)));
  }

  @ParameterizedTest
  @CsvSource({
    "security, viewer, OK",
    "security, auditor, OK",
    "security, security, OK",
    "security, operator, PERMISSION_DENIED",
    "security, author, PERMISSION_DENIED",
    "security, assigner, PERMISSION_DENIED",
    "security, admin, PERMISSION_DENIED",
    "admin, admin, OK",
    "viewer, viewer, PERMISSION_DENIED",
    "operator, viewer, PERMISSION_DENIED",
    "author, viewer, PERMISSION_DENIED",
    "assigner, viewer, PERMISSION_DENIED",
    "auditor, viewer, PERMISSION_DENIED"
  })
  void noTokenMakesAStrongerOne(String maker, String made, Status.Code expected) throws Exception {
    TokenServiceBlockingStub stub = as(make(maker, "").getToken());
    assertEquals(expected, code(() -> stub.createToken(request(name(), made, ""))));
  }

  @Test
  void whatIsMadeWithATokenEndsNoLaterThanItself() throws Exception {
    CreateTokenResponse first = make("security", "1h");
    TokenServiceBlockingStub stub = as(first.getToken());

    assertEquals(
        Status.Code.PERMISSION_DENIED,
        code(() -> stub.createToken(request(name(), "viewer", "2h"))));
    assertEquals(
        first.getTokenInformation().getExpires(),
        stub.createToken(request(name(), "viewer", "")).getTokenInformation().getExpires());
  }

  @Test
  void whoeverGetsANameLaterGetsNoneOfTheAnswersThatItsBearerGot() throws Exception {
    CreateActivationRequest request =
        CreateActivationRequest.newBuilder().setClientToken("once").build();
    String name = name();
    String first = activated(admin.createToken(request(name, "security", "")), request);
    var _ = admin.revokeToken(RevokeTokenRequest.newBuilder().setName(name).build());
    CreateTokenResponse made = admin.createToken(request(name, "security", ""));
    String second = activated(made, request);

    assertNotEquals(first, second);
    assertEquals(second, activated(made, request));
  }

  private String activated(CreateTokenResponse by, CreateActivationRequest request) {
    return ActivationServiceGrpc.newBlockingStub(channel(by.getToken()))
        .createActivation(request)
        .getActivationId();
  }

  @Test
  void nobodyChangesWhatIsBoundToTheirOwnTokenOrToAStrongerOne() throws Exception {
    CreateTokenResponse own = make("security", "");
    String name = own.getTokenInformation().getName();
    TokenServiceBlockingStub stub = as(own.getToken());
    String strong = make("operator", "").getTokenInformation().getName();

    assertEquals(
        Status.Code.PERMISSION_DENIED, code(() -> stub.putRoleBinding(bind(name, "viewer"))));
    assertEquals(
        Status.Code.PERMISSION_DENIED, code(() -> stub.putRoleBinding(bind(strong, "viewer"))));
    assertEquals(
        Status.Code.PERMISSION_DENIED,
        code(() -> stub.revokeToken(RevokeTokenRequest.newBuilder().setName(strong).build())));
    assertEquals(
        Status.Code.PERMISSION_DENIED,
        code(() -> stub.revokeToken(RevokeTokenRequest.newBuilder().setName("admin").build())));
    assertFalse(
        stub
            .listTokens(ListTokensRequest.newBuilder().setPageSize(100).build())
            .getTokensList()
            .stream()
            .anyMatch(row -> row.getRole().equals("admin")));
  }

  @Test
  void aBindingTakesTheTokensOwnRoleAwayAndTheLastOneLeavesNothing() throws Exception {
    CreateTokenResponse made = make("admin", "");
    String name = made.getTokenInformation().getName();
    TokenServiceBlockingStub stub = as(made.getToken());
    stub.listTokens(ListTokensRequest.getDefaultInstance());

    RoleBinding binding = admin.putRoleBinding(bind(name, "viewer")).getRoleBinding();
    assertEquals(
        Status.Code.PERMISSION_DENIED,
        code(() -> stub.listTokens(ListTokensRequest.getDefaultInstance())));
    assertEquals("viewer", stub.whoAmI(who()).getRoleBindings(0).getRole());

    admin.deleteRoleBinding(
        DeleteRoleBindingRequest.newBuilder().setBindingId(binding.getBindingId()).build());
    assertEquals(Status.Code.PERMISSION_DENIED, code(() -> stub.whoAmI(who())));
  }

  @Test
  void aScopedPersonLetsOthersDoNoMoreThanThemselves() throws Exception {
    TokenServiceBlockingStub shop =
        as(
            admin
                .createToken(
                    request(name(), "admin", "").toBuilder()
                        .setTagScope(scope("{\"Team\": [\"shop\", \"till\"]}"))
                        .build())
                .getToken());

    assertEquals(
        Status.Code.PERMISSION_DENIED, code(() -> shop.createToken(request(name(), "viewer", ""))));
    for (String wider : List.of("{\"Team\": \"bank\"}", "{\"Site\": \"north\"}")) {
      assertEquals(
          Status.Code.PERMISSION_DENIED,
          code(
              () ->
                  shop.createToken(
                      request(name(), "viewer", "").toBuilder()
                          .setTagScope(scope(wider))
                          .build())));
    }
    for (String none : List.of("{}", "{\"Team\": []}", "{\"Team\": 3}", "{\"\": \"x\"}")) {
      assertEquals(
          Status.Code.INVALID_ARGUMENT,
          code(
              () ->
                  shop.createToken(
                      request(name(), "viewer", "").toBuilder().setTagScope(scope(none)).build())),
          none);
    }
    assertEquals(
        Status.Code.OK,
        code(
            () ->
                shop.createToken(
                    request(name(), "admin", "").toBuilder()
                        .setTagScope(scope("{\"Team\": \"till\", \"Site\": \"north\"}"))
                        .build())));
  }

  @Test
  void aStreamEndsWithinTenSecondsOfTheEndOfItsToken() throws Exception {
    for (boolean bound : List.of(false, true)) {
      CreateTokenResponse made = make("viewer", "");
      CompletableFuture<Status> end = new CompletableFuture<>();
      CompletableFuture<Event> first = new CompletableFuture<>();
      EventServiceGrpc.newStub(running.admin(made.getToken()))
          .watch(
              WatchRequest.newBuilder().setAfterPosition(0).build(),
              new StreamObserver<>() {
                @Override
                public void onNext(Event event) {
                  first.complete(event);
                }

                @Override
                public void onError(Throwable failure) {
                  end.complete(Status.fromThrowable(failure));
                }

                @Override
                public void onCompleted() {
                  end.complete(Status.OK);
                }
              });
      first.get(20, TimeUnit.SECONDS);
      String name = made.getTokenInformation().getName();
      if (bound) {
        admin.putRoleBinding(bind(name, "auditor"));
      } else {
        admin.revokeToken(RevokeTokenRequest.newBuilder().setName(name).build());
      }
      assertEquals(Status.Code.UNAUTHENTICATED, end.get(10, TimeUnit.SECONDS).getCode());
    }
  }

  @Test
  void aNameThatIsGivenAgainHasNothingOfWhatWasBoundToItBefore() throws Exception {
    String name = name();
    admin.createToken(request(name, "viewer", ""));
    admin.putRoleBinding(bind(name, "admin"));
    admin.revokeToken(RevokeTokenRequest.newBuilder().setName(name).build());
    String token = admin.createToken(request(name, "viewer", "")).getToken();

    assertEquals(0, as(token).whoAmI(who()).getRoleBindingsCount());
    assertEquals(
        Status.Code.PERMISSION_DENIED,
        code(() -> as(token).listTokens(ListTokensRequest.getDefaultInstance())));
  }

  @Test
  void eachAttributeOfTheAuditTrailFindsItsRows() throws Exception {
    String name = name();
    admin.createToken(request(name, "viewer", ""));
    AuditEvent row = lookup(Map.of("ResourceName", name)).getFirst();

    assertEquals("CreateToken", row.getEventName());
    assertEquals("holdfast.v1.TokenService", row.getEventSource());
    assertEquals(List.of("Token"), row.getResourceTypesList());
    assertEquals("ALLOWED", row.getDecision());
    assertEquals(List.of(row), lookup(Map.of("EventId", row.getEventId())));
    for (var attribute :
        Map.of(
                "EventName", "CreateToken",
                "EventSource", "holdfast.v1.TokenService",
                "ReadOnly", "false",
                "ResourceType", "Token",
                "Username", "admin")
            .entrySet()) {
      Map<String, String> both =
          Map.of("ResourceName", name, attribute.getKey(), attribute.getValue());
      assertEquals(List.of(row), lookup(both), attribute.getKey());
      assertEquals(
          List.of(),
          lookup(
              Map.of(
                  "ResourceName",
                  name,
                  attribute.getKey(),
                  attribute.getKey().equals("ReadOnly") ? "true" : "%")),
          attribute.getKey());
    }
    assertEquals(Status.Code.INVALID_ARGUMENT, code(() -> lookup(Map.of("AccessKeyId", "x"))));
  }

  @Test
  void whatIsRefusedIsInTheTrailToo() throws Exception {
    CreateTokenResponse made = make("viewer", "");
    String name = made.getTokenInformation().getName();
    for (int i = 0; i < 5; i++) {
      code(() -> as(made.getToken()).listTokens(ListTokensRequest.getDefaultInstance()));
      code(() -> as("hft_wrong").whoAmI(who()));
    }

    AuditEvent role = lookup(Map.of("Username", name)).getFirst();
    assertEquals("DENIED", role.getDecision());
    assertEquals("ListTokens", role.getEventName());
    AuditEvent nobody = lookup(Map.of("Username", "nobody")).getFirst();
    assertEquals("WhoAmI", nobody.getEventName());
    assertFalse(nobody.getReason().contains("hft_"), nobody.getReason());
  }

  @Test
  void noSecretIsInTheTrailTheLogOfEventsOrTheDatabaseInClear() throws Exception {
    String canary = "canary-8f3a5b-canary";
    String token = make("viewer", "").getToken();
    String own = running.adminToken();
    String code =
        ActivationServiceGrpc.newBlockingStub(running.admin(own))
            .createActivation(CreateActivationRequest.getDefaultInstance())
            .getActivationCode();
    ParameterServiceGrpc.newBlockingStub(running.admin(own))
        .putParameter(
            PutParameterRequest.newBuilder()
                .setName("/canary")
                .setValue(canary)
                .setType(ParameterType.PARAMETER_TYPE_SECURE_STRING)
                .build());
    EventServiceGrpc.newBlockingStub(running.admin(own))
        .putWebhook(
            PutWebhookRequest.newBuilder()
                .setName("canary")
                .setUrl("https://hooks.example.com/x")
                .addTypes("RunEnded")
                .setSecret(canary + "-secret")
                .build());
    code(
        () ->
            DocumentServiceGrpc.newBlockingStub(channel(own))
                .createDocument(
                    CreateDocumentRequest.newBuilder()
                        .setName("canary-document")
                        .setContent("no document, but " + canary)
                        .build()));

    List<AuditEvent> all = lookup(Map.of());
    for (String secret : List.of(canary, token, own, code)) {
      for (AuditEvent row : all) {
        assertFalse(row.toString().contains(secret), "a secret is in " + row);
      }
    }
    try (Stream<Path> files = Files.list(running.data())) {
      for (Path file : files.filter(one -> one.getFileName().toString().contains(".db")).toList()) {
        String bytes = Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
        for (String secret : List.of(token, own, code, canary + "-secret")) {
          assertFalse(bytes.contains(secret), "a secret is in " + file.getFileName());
        }
      }
    }
  }

  @Test
  void aRefusedTagChangeLeavesItsRow() throws Exception {
    String token =
        admin
            .createToken(
                request("tagger", "security", "").toBuilder()
                    .setTagScope(scope("{\"Team\": \"shop\"}"))
                    .build())
            .getToken();
    code(
        () ->
            InstanceServiceGrpc.newBlockingStub(channel(token))
                .addTagsToResource(
                    AddTagsToResourceRequest.newBuilder()
                        .setResourceType(ResourceType.RESOURCE_TYPE_DOCUMENT)
                        .setResourceId("AWS-RunShellScript")
                        .putTags("a", "b")
                        .build()));

    assertEquals("DENIED", lookup(Map.of("Username", "tagger")).getFirst().getDecision());
  }

  private List<AuditEvent> lookup(Map<String, String> attributes) throws Exception {
    LookupEventsRequest.Builder request = LookupEventsRequest.newBuilder().setPageSize(100);
    attributes.forEach(
        (key, value) ->
            request.addLookupAttributes(
                LookupAttribute.newBuilder().setAttributeKey(key).setAttributeValue(value)));
    return AuditServiceGrpc.newBlockingStub(running.admin(running.adminToken()))
        .lookupEvents(request.build())
        .getEventsList();
  }

  private CreateTokenResponse make(String role, String ttl) {
    return admin.createToken(request(name(), role, ttl));
  }

  private static CreateTokenRequest request(String name, String role, String ttl) {
    return CreateTokenRequest.newBuilder().setName(name).setRole(role).setTtl(ttl).build();
  }

  private static PutRoleBindingRequest bind(String principal, String role) {
    return PutRoleBindingRequest.newBuilder().setPrincipal(principal).setRole(role).build();
  }

  private static WhoAmIRequest who() {
    return WhoAmIRequest.getDefaultInstance();
  }

  private static Struct scope(String json) {
    Struct.Builder scope = Struct.newBuilder();
    try {
      JsonFormat.parser().merge(json, scope);
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    return scope.build();
  }

  private String name() {
    return "person-" + ++names;
  }

  private TokenServiceBlockingStub as(String token) {
    return TokenServiceGrpc.newBlockingStub(channel(token));
  }

  private io.grpc.ManagedChannel channel(String token) {
    try {
      return running.admin(token);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** What a call came to. */
  private static Status.Code code(Call call) {
    try {
      call.make();
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private interface Call {
    Object make() throws Exception;
  }
}
