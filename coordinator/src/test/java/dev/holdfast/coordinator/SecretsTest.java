package dev.holdfast.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.holdfast.coordinator.server.StartException;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.agent.EnrollRequest;
import dev.holdfast.wire.agent.EnrollResponse;
import dev.holdfast.wire.agent.EnrolmentServiceGrpc;
import dev.holdfast.wire.agent.FetchSecretsRequest;
import dev.holdfast.wire.agent.FetchSecretsResponse;
import dev.holdfast.wire.agent.LinkServiceGrpc;
import dev.holdfast.wire.agent.Secret;
import dev.holdfast.wire.v1.ActivationServiceGrpc;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationServiceGrpc;
import dev.holdfast.wire.v1.AuditEvent;
import dev.holdfast.wire.v1.AuditServiceGrpc;
import dev.holdfast.wire.v1.CreateActivationRequest;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import dev.holdfast.wire.v1.LookupAttribute;
import dev.holdfast.wire.v1.LookupEventsRequest;
import dev.holdfast.wire.v1.ParameterServiceGrpc;
import dev.holdfast.wire.v1.ParameterType;
import dev.holdfast.wire.v1.PutParameterRequest;
import dev.holdfast.wire.v1.Target;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SecureStrings from the admin's call to the agent's answer, over TLS, by certificates. */
final class SecretsTest {
  private static final String CANARY = "canary-c41f77";
  private static final String DOCUMENT =
      """
      schemaVersion: "2.2"
      parameters:
        password:
          type: String
          interpolationType: ENV_VAR
          default: "{{ssm-secure:/web/password}}"
      mainSteps:
      - action: aws:runShellScript
        name: use
        inputs:
          runCommand:
          - test -n "$SSM_password"
      """;

  @TempDir Path folder;
  private final List<ManagedChannel> channels = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // set before each test
  private Running running;

  private record Agent(String instance, LinkServiceGrpc.LinkServiceBlockingStub link) {}

  @BeforeEach
  void start() throws Exception {
    running = Running.start(folder.resolve("data"));
  }

  @AfterEach
  void stop() throws Exception {
    for (ManagedChannel channel : channels) {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
    running.close();
  }

  @Test
  void anInstanceGetsWhatItsOwnAssociationRefersToAndNothingElse() throws Exception {
    Agent one = agent();
    Agent two = agent();
    put("/web/password", CANARY);
    put("/db/password", "other-secret");
    String association = associate(one.instance, "");

    Secret secret = fetch(one, association, "/web/password").getSecrets(0);

    assertEquals("/web/password 1 " + CANARY, told(secret));
    put("/web/password", "rotated-value");
    assertEquals(
        "/web/password 2 rotated-value",
        told(fetch(one, association, "/web/password").getSecrets(0)));
    assertEquals(
        "/web/password:1 1 " + CANARY,
        told(fetch(one, association, "/web/password:1").getSecrets(0)),
        "what a run began with");
    assertEquals(Status.Code.NOT_FOUND, refused(two, association, "/web/password"));
    assertEquals(Status.Code.NOT_FOUND, refused(one, association, "/db/password"));
    assertEquals(Status.Code.NOT_FOUND, refused(one, association, "/web/password", "/db/password"));
    assertEquals(Status.Code.NOT_FOUND, refused(one, association, "/web/password:9"));
    assertEquals(
        Status.Code.NOT_FOUND,
        refused(one, "00000000-0000-4000-8000-000000000000", "/web/password"));
    assertEquals(Status.Code.INVALID_ARGUMENT, refused(one, "x", "/web/password"));
    assertEquals(Status.Code.NOT_FOUND, refused(one, association));

    List<AuditEvent> audit = audit();
    assertEquals(3, audit.stream().filter(row -> row.getDecision().equals("ALLOWED")).count());
    assertEquals(5, audit.stream().filter(row -> row.getDecision().equals("DENIED")).count());
    AuditEvent first = audit.getLast();
    assertEquals(one.instance, first.getUsername());
    assertEquals(List.of(association, "/web/password:1"), first.getResourcesList());
    assertFalse(audit.toString().contains(CANARY));
  }

  @Test
  void onlyACertificateOfAnAgentOpensIt() throws Exception {
    LinkServiceGrpc.LinkServiceBlockingStub nobody =
        LinkServiceGrpc.newBlockingStub(running.agent(running.adminToken()));
    FetchSecretsRequest request =
        FetchSecretsRequest.newBuilder()
            .setAssociationId("00000000-0000-4000-8000-000000000000")
            .addNames("/web/password")
            .build();

    assertEquals(
        Status.Code.UNAUTHENTICATED,
        assertThrows(StatusRuntimeException.class, () -> nobody.fetchSecrets(request))
            .getStatus()
            .getCode());
  }

  @Test
  void whoAsksTooOftenIsToldSo() throws Exception {
    Agent one = agent();
    put("/web/password", CANARY);
    String association = associate(one.instance, "");
    Status.Code code = Status.Code.OK;
    int given = 0;

    for (int i = 0; i < 2 * Limits.SECRET_FETCHES_AT_ONCE && code == Status.Code.OK; i++) {
      try {
        fetch(one, association, "/web/password");
        given++;
      } catch (StatusRuntimeException e) {
        code = e.getStatus().getCode();
      }
    }

    assertEquals(Status.Code.RESOURCE_EXHAUSTED, code);
    assertTrue(given >= Limits.SECRET_FETCHES_AT_ONCE, given + " answers");
  }

  @Test
  void anAssociationWhoseReferencesAreWrongIsRefusedByName() throws Exception {
    Agent one = agent();
    assertTrue(notCreated(one, "").contains("no stored parameter '/web/password'"));
    put("/web/password", "plain", ParameterType.PARAMETER_TYPE_STRING);
    assertTrue(notCreated(one, "").contains("no SecureString"));
    put("secret", CANARY);
    assertTrue(notCreated(one, "{{ssm:secret}}").contains("'secret' is a SecureString"));
    assertTrue(notCreated(one, "{{ssm-secure:secret:2}}").contains("a version that is not there"));
    associate(one.instance, "{{ssm-secure:secret}}");
  }

  @Test
  void nothingOnTheDiskHasItAndTheNextStartOpensItUntilTheKeyIsAway() throws Exception {
    Agent one = agent();
    put("/web/password", CANARY);
    String association = associate(one.instance, "");
    fetch(one, association, "/web/password");
    running.close();

    try (Stream<Path> files = Files.walk(running.data())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertFalse(
            Files.readString(file, StandardCharsets.ISO_8859_1).contains(CANARY),
            () -> file + " has it");
      }
    }
    Path key = running.data().resolve("parameters.key");
    assertEquals(
        "rw-------",
        java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
    Path away = Files.move(key, folder.resolve("kept.key"));
    StartException refusal =
        assertThrows(StartException.class, () -> Running.start(running.data()));
    assertTrue(String.valueOf(refusal.getMessage()).contains(key + " is missing"));
    Files.move(away, key);
    running = Running.start(running.data());
    put("/web/password", "again");
  }

  private static String told(Secret secret) {
    return secret.getName() + " " + secret.getVersion() + " " + secret.getValue();
  }

  private void put(String name, String value) throws IOException {
    put(name, value, ParameterType.PARAMETER_TYPE_SECURE_STRING);
  }

  private void put(String name, String value, ParameterType type) throws IOException {
    ParameterServiceGrpc.newBlockingStub(admin())
        .putParameter(
            PutParameterRequest.newBuilder()
                .setName(name)
                .setValue(value)
                .setType(type)
                .setOverwrite(true)
                .build());
  }

  private String notCreated(Agent agent, String password) {
    StatusRuntimeException refusal =
        assertThrows(StatusRuntimeException.class, () -> associate(agent.instance, password));
    assertEquals(Status.Code.INVALID_ARGUMENT, refusal.getStatus().getCode());
    return String.valueOf(refusal.getStatus().getDescription());
  }

  /** A document and an association for an instance; its id. */
  private String associate(String instance, String password) throws IOException {
    try {
      DocumentServiceGrpc.newBlockingStub(admin())
          .createDocument(
              CreateDocumentRequest.newBuilder().setName("use-it").setContent(DOCUMENT).build());
    } catch (StatusRuntimeException e) {
      assertEquals(Status.Code.ALREADY_EXISTS, e.getStatus().getCode());
    }
    Struct.Builder parameters = Struct.newBuilder();
    if (!password.isEmpty()) {
      parameters.putFields("password", Value.newBuilder().setStringValue(password).build());
    }
    return AssociationServiceGrpc.newBlockingStub(admin())
        .createAssociation(
            CreateAssociationRequest.newBuilder()
                .setAssociation(
                    Association.newBuilder()
                        .setName("use-it")
                        .setParameters(parameters)
                        .addTargets(Target.newBuilder().setKey("InstanceIds").addValues(instance)))
                .build())
        .getAssociationDescription()
        .getAssociationId();
  }

  private static FetchSecretsResponse fetch(Agent agent, String association, String... names) {
    return agent
        .link
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .fetchSecrets(
            FetchSecretsRequest.newBuilder()
                .setAssociationId(association)
                .addAllNames(List.of(names))
                .build());
  }

  private static Status.Code refused(Agent agent, String association, String... names) {
    StatusRuntimeException refusal =
        assertThrows(StatusRuntimeException.class, () -> fetch(agent, association, names));
    assertFalse(refusal.toString().contains(CANARY));
    return refusal.getStatus().getCode();
  }

  private List<AuditEvent> audit() throws IOException {
    return AuditServiceGrpc.newBlockingStub(admin())
        .lookupEvents(
            LookupEventsRequest.newBuilder()
                .addLookupAttributes(
                    LookupAttribute.newBuilder()
                        .setAttributeKey("EventName")
                        .setAttributeValue("FetchSecrets"))
                .build())
        .getEventsList();
  }

  private ManagedChannel admin() throws IOException {
    return running.admin(running.adminToken());
  }

  /** A host that enrols, with its channel. */
  private Agent agent() throws IOException, GeneralSecurityException, OperatorCreationException {
    var activation =
        ActivationServiceGrpc.newBlockingStub(admin())
            .createActivation(CreateActivationRequest.getDefaultInstance());
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair key = generator.generateKeyPair();
    byte[] request =
        new JcaPKCS10CertificationRequestBuilder(new X500Principal("CN=host"), key.getPublic())
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()))
            .getEncoded();
    EnrollResponse enrolled =
        EnrolmentServiceGrpc.newBlockingStub(running.agent(""))
            .enroll(
                EnrollRequest.newBuilder()
                    .setActivationId(activation.getActivationId())
                    .setActivationCode(activation.getActivationCode())
                    .setCertificateRequest(ByteString.copyFrom(request))
                    .build());
    List<X509Certificate> chain = new ArrayList<>();
    for (ByteString certificate : enrolled.getCertificateChainList()) {
      chain.add(
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(certificate.toByteArray())));
    }
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", running.addresses().agent().port())
            .sslContext(
                GrpcSslContexts.forClient()
                    .trustManager(running.data().resolve("ca.pem").toFile())
                    .keyManager(key.getPrivate(), chain.toArray(X509Certificate[]::new))
                    .build())
            .build();
    channels.add(channel);
    return new Agent(enrolled.getInstanceId(), LinkServiceGrpc.newBlockingStub(channel));
  }
}
