package dev.holdfast.coordinator.trust;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Activations;
import dev.holdfast.coordinator.store.AuditTrail;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.trust.Enrolment.Outcome;
import dev.holdfast.task.Limits;
import dev.holdfast.testing.ManualTimers;
import dev.holdfast.wire.agent.EnrollRequest;
import dev.holdfast.wire.agent.EnrollResponse;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EnrolmentTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final String HERE = "127.0.0.1";

  @TempDir Path folder;
  private final ManualTimers timers = new ManualTimers(NOW);
  private final SecureRandom random = new SecureRandom();
  private final List<InstanceId> arrived = new ArrayList<>();
  private final List<String> refusals = new ArrayList<>();
  private Store store;
  private Authority authority;
  private Secrets secrets;
  private Enrolment enrolment;
  private String code;

  @BeforeEach
  void open() throws Exception {
    store = Store.open(folder, timers::now, Store.Durability.PROCESS);
    authority = Authority.open(folder, "test.example", random, NOW, Duration.ofDays(7));
    secrets = Secrets.open(folder, random);
    code = secrets.codeOf("a");
    enrolment = enrolment(EnrolmentRates.Settings.DEFAULT);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aHostGetsAnInstanceWithTheActivationsTagsAndNameAndItsAssignmentsAtOnce() throws Exception {
    activation("a", 1, List.of());
    KeyPair key = key();

    Outcome.Enrolled enrolled = enrolled("a", code, key);

    Instances.Instance row =
        store.read(read -> Instances.find(read, enrolled.instance())).orElseThrow();
    assertEquals("web", row.name());
    assertEquals("a", row.activationId());
    assertEquals("host?", row.host().computerName());
    assertEquals(
        Map.of("role", "web"), store.read(read -> Instances.tags(read, enrolled.instance())));
    assertEquals(List.of(enrolled.instance()), arrived);
    EventLog.Event event = store.read(read -> EventLog.after(read, 0, 10)).getFirst();
    assertEquals("InstanceRegistered", event.type());
    assertEquals(List.of(enrolled.instance().value(), "a"), event.resources());
    AuditTrail.Entry audit = audit().getFirst();
    assertEquals("Enroll", audit.method());
    assertEquals("ALLOWED", audit.decision());
    assertEquals(HERE, audit.address());
    assertTrue(!audit.request().contains(code) && audit.request().contains("agent_version"));
    X509Certificate certificate = enrolled.certificate();
    certificate.verify(authority.certificate().getPublicKey());
    assertEquals(key.getPublic(), certificate.getPublicKey());
    assertEquals(
        List.of("spiffe://test.example/agent/" + enrolled.instance()), Gate.uriNames(certificate));
  }

  @Test
  void theSameKeyGetsTheSameInstanceAndCostsOneUseAlsoLater() throws Exception {
    activation("a", 1, List.of());
    KeyPair key = key();
    Outcome.Enrolled first = enrolled("a", code, key);

    timers.advance(Duration.ofDays(2));
    Outcome.Enrolled again = enrolled("a", code, key);

    assertEquals(first.instance(), again.instance());
    assertEquals(first.certificate(), again.certificate());
    assertEquals(1, uses("a"));
    assertEquals(1, arrived.size());
    store.write(write -> Instances.deregister(write, first.instance()));
    assertEquals(new Outcome.Refused(), enroll("a", code, key, HERE));
  }

  @Test
  void whateverIsWrongTheStatusAndTheTextAreTheSame() throws Exception {
    activation("a", 5, List.of());
    activation("used", 1, List.of());
    enrolled("used", code, key());
    activation("deleted", 5, List.of());
    store.write(write -> Activations.delete(write, "deleted"));
    activation("elsewhere", 5, List.of("10.0.0.0/8"));
    activation("locked", 5, List.of());
    for (int i = 0; i < Limits.WRONG_CODES; i++) {
      enroll("locked", "wrong" + i, key(), HERE);
    }
    activation("expired", 5, List.of());
    add(
        new Activations.Activation(
            "old", secrets.ofCode(code), "", "", 5, 0, NOW, NOW, Map.of(), false, List.of()));
    record Try(String activation, String code) {}
    Map<String, Try> tries =
        Map.of(
            "wrong code", new Try("a", secrets.codeOf("another")),
            "no code", new Try("a", ""),
            "unknown", new Try("unknown", code),
            "no id", new Try("", code),
            "used up", new Try("used", code),
            "deleted", new Try("deleted", code),
            "expired", new Try("old", code),
            "from elsewhere", new Try("elsewhere", code),
            "locked", new Try("locked", code));

    tries.forEach(
        (name, one) -> {
          Status status = call(one.activation, one.code, key()).error.orElseThrow();
          assertEquals(Status.Code.UNAUTHENTICATED, status.getCode(), name);
          assertEquals(GrpcEnrolment.NOT_GOOD, status.getDescription(), name);
          assertEquals(List.of("nobody Enroll " + HERE), refusals, name);
          refusals.clear();
        });
    assertEquals(Optional.empty(), call("expired", code, key()).error, "good until then");
  }

  @Test
  void eightAtOnceGetNoMoreUsesThanThereAre() throws Exception {
    activation("a", 3, List.of());
    List<KeyPair> keys = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      keys.add(key());
    }

    List<Outcome> outcomes =
        atOnce(keys.stream().map(key -> (Work) () -> enroll("a", code, key, HERE)).toList());

    Set<InstanceId> instances =
        outcomes.stream()
            .filter(Outcome.Enrolled.class::isInstance)
            .map(outcome -> ((Outcome.Enrolled) outcome).instance())
            .collect(java.util.stream.Collectors.toSet());
    assertEquals(3, instances.size());
    assertEquals(5, outcomes.stream().filter(new Outcome.Refused()::equals).count());
    assertEquals(3, uses("a"));
  }

  @Test
  void eightAtOnceWithOneKeyAreOneInstance() throws Exception {
    activation("a", 1, List.of());
    KeyPair key = key();

    List<Outcome> outcomes =
        atOnce(java.util.Collections.nCopies(8, () -> enroll("a", code, key, HERE)));

    assertEquals(
        1,
        outcomes.stream()
            .map(outcome -> assertInstanceOf(Outcome.Enrolled.class, outcome).instance())
            .distinct()
            .count());
    assertEquals(1, uses("a"));
    assertEquals(1, arrived.size());
  }

  @Test
  void twentyWrongCodesLockTheActivationForTenMinutesAndRaiseAnAlarmOnce() throws Exception {
    activation("a", 5, List.of());
    activation("b", 5, List.of());
    for (int i = 0; i < 3 * Limits.WRONG_CODES; i++) {
      enroll("a", "wrong", key(), HERE);
    }

    assertEquals(new Outcome.Refused(), enroll("a", code, key(), HERE));
    assertInstanceOf(Outcome.Enrolled.class, enroll("b", code, key(), HERE));
    assertEquals(
        1,
        store.read(read -> EventLog.after(read, 0, 100)).stream()
            .filter(event -> event.type().equals("ActivationLocked"))
            .count());
    assertEquals(1, audit().stream().filter(row -> row.decision().equals("DENIED")).count());
    timers.advance(Limits.WRONG_CODES_TIME);
    assertInstanceOf(Outcome.Enrolled.class, enroll("a", code, key(), HERE));
  }

  @Test
  void wrongCodesFarApartLockNothing() throws Exception {
    activation("a", 5, List.of());
    for (int i = 0; i < 3 * Limits.WRONG_CODES; i++) {
      enroll("a", "wrong", key(), HERE);
      timers.advance(Duration.ofSeconds(32));
    }
    assertInstanceOf(Outcome.Enrolled.class, enroll("a", code, key(), HERE));
  }

  @Test
  void aCertificateRequestThatIsNoneIsRefusedWhateverTheCode() throws Exception {
    activation("a", 1, List.of());
    byte[] good = request(key());
    byte[] forged = good.clone();
    forged[forged.length - 3] ^= 1;
    KeyPair large = Keys.generate("secp384r1", random);

    for (byte[] bad : List.of(new byte[0], new byte[5_000], forged, request(large))) {
      for (String given : List.of(code, "wrong")) {
        assertInstanceOf(
            Outcome.Malformed.class,
            enrolment.enroll(
                new Enrolment.Request("a", given, ByteString.copyFrom(bad), "1", "h", HERE)));
      }
    }
    assertEquals(0, uses("a"));
  }

  @Test
  void aSourceAddressAndAllTogetherAreHeldToTheirRates() throws Exception {
    enrolment = enrolment(new EnrolmentRates.Settings(1, 5, 8));
    activation("a", 100, List.of());

    assertEquals(5, admitted("192.0.2.1", 10));
    assertEquals(3, admitted("192.0.2.2", 10), "eight of all");
    assertEquals(10, admitted(HERE, 10), "not for this host itself");
    assertEquals(10, admitted("::1", 10));
    timers.advance(Duration.ofSeconds(2));
    assertEquals(2, admitted("192.0.2.1", 10));
    assertEquals(5, admitted("2001:db8::1", 10));
    timers.advance(Duration.ofSeconds(2));
    assertEquals(2, admitted("2001:db8::2", 10), "one /64 is one source");
  }

  @Test
  void networksAreReadStrictlyAndContainWhatTheySay() {
    record Row(String network, String address, boolean contained) {}
    for (Row row :
        List.of(
            new Row("10.0.0.0/8", "10.255.1.2", true),
            new Row("10.0.0.0/8", "11.0.0.1", false),
            new Row("10.1.2.3", "10.1.2.3", true),
            new Row("10.1.2.3", "10.1.2.4", false),
            new Row("0.0.0.0/0", "203.0.113.9", true),
            new Row("0.0.0.0/0", "2001:db8::1", false),
            new Row("2001:db8::/33", "2001:db8:7fff::1", true),
            new Row("2001:db8::/33", "2001:db8:8000::1", false),
            new Row("2001:db8::/32", "fe80::1%3", false),
            new Row("fe80::/10", "fe80::1%3", true),
            new Row("10.0.0.0/8", "host.example", false),
            new Row("10.0.0.0/8", "", false))) {
      assertEquals(
          row.contained,
          Network.parse(row.network).orElseThrow().contains(row.address),
          row::toString);
    }
    for (String bad :
        List.of("", "10.0.0.0/33", "10.0.0.1/8", "host.example/8", "10.0.0.0/", "::/129", "/8")) {
      assertEquals(Optional.empty(), Network.parse(bad), bad);
    }
  }

  @Test
  void anActivationForSomeNetworksLetsInFromThere() throws Exception {
    activation("a", 5, List.of("10.0.0.0/8", "2001:db8::/32"));

    assertEquals(new Outcome.Refused(), enroll("a", code, key(), "192.0.2.1"));
    assertInstanceOf(Outcome.Enrolled.class, enroll("a", code, key(), "10.9.9.9"));
    assertInstanceOf(Outcome.Enrolled.class, enroll("a", code, key(), "2001:db8::7"));
  }

  @Test
  void theAnswerCarriesTheChainAndTheAuthority() throws Exception {
    activation("a", 1, List.of());

    EnrollResponse response = call("a", code, key()).response.orElseThrow();

    assertEquals("test.example", response.getTrustDomain());
    assertTrue(InstanceId.isValid(response.getInstanceId()));
    assertArrayEquals(
        authority.certificate().getEncoded(), response.getCaCertificate().toByteArray());
    X509Certificate leaf = Keys.certificate(response.getCertificateChain(0).toByteArray());
    assertEquals(
        leaf.getNotAfter().toInstant().getEpochSecond(), response.getNotAfter().getSeconds());
    assertNotEquals(leaf, authority.certificate());
  }

  private interface Work {
    Outcome run() throws Exception;
  }

  private static List<Outcome> atOnce(List<? extends Work> works) throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    ConcurrentLinkedQueue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (Work work : works) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      start.await();
                      outcomes.add(work.run());
                    } catch (Exception e) {
                      throw new IllegalStateException(e);
                    }
                  }));
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    return List.copyOf(outcomes);
  }

  private Enrolment enrolment(EnrolmentRates.Settings rates) {
    return new Enrolment(
        store,
        authority,
        secrets,
        (write, instance) -> arrived.add(instance),
        UUID::randomUUID,
        random,
        timers,
        new EnrolmentRates(rates));
  }

  private void activation(String id, int limit, List<String> cidrs) {
    add(
        new Activations.Activation(
            id,
            secrets.ofCode(code),
            "",
            "web",
            limit,
            0,
            NOW.plus(Duration.ofDays(1)),
            NOW,
            Map.of("role", "web"),
            false,
            cidrs));
  }

  private void add(Activations.Activation activation) {
    store.write(
        write -> {
          Activations.add(write, activation);
          return true;
        });
  }

  private int uses(String activation) {
    return store.read(read -> Activations.find(read, activation)).orElseThrow().registrations();
  }

  private int admitted(String address, int tries) {
    int admitted = 0;
    for (int i = 0; i < tries; i++) {
      Outcome outcome =
          enrolment.enroll(new Enrolment.Request("a", code, ByteString.EMPTY, "1", "h", address));
      admitted += outcome instanceof Outcome.TooMany ? 0 : 1;
    }
    return admitted;
  }

  private List<AuditTrail.Entry> audit() {
    return store.read(
        read ->
            AuditTrail.find(
                read,
                new AuditTrail.Search(
                    Optional.empty(),
                    Optional.of("Enroll"),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()),
                Long.MAX_VALUE,
                100));
  }

  private Outcome.Enrolled enrolled(String activation, String given, KeyPair key) throws Exception {
    return assertInstanceOf(Outcome.Enrolled.class, enroll(activation, given, key, HERE));
  }

  private Outcome enroll(String activation, String given, KeyPair key, String address)
      throws Exception {
    return enrolment.enroll(
        new Enrolment.Request(
            activation, given, ByteString.copyFrom(request(key)), "1.0", "host\u0007", address));
  }

  private static final class Answer implements StreamObserver<EnrollResponse> {
    private Optional<EnrollResponse> response = Optional.empty();
    private Optional<Status> error = Optional.empty();

    @Override
    public void onNext(EnrollResponse value) {
      response = Optional.of(value);
    }

    @Override
    public void onError(Throwable failure) {
      error = Optional.of(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
      assertTrue(response.isPresent());
    }
  }

  private Answer call(String activation, String given, KeyPair key) {
    Answer answer = new Answer();
    Context.current()
        .withValue(Caller.ADDRESS, HERE)
        .run(
            () ->
                new GrpcEnrolment(
                        enrolment,
                        new Recovery(
                            store,
                            authority,
                            secrets,
                            (write, instance) -> {},
                            UUID::randomUUID,
                            timers,
                            new EnrolmentRates(EnrolmentRates.Settings.DEFAULT)),
                        authority,
                        (principal, method, address, reason) ->
                            refusals.add(principal + " " + method + " " + address))
                    .enroll(
                        EnrollRequest.newBuilder()
                            .setActivationId(activation)
                            .setActivationCode(given)
                            .setCertificateRequest(ByteString.copyFrom(requestOf(key)))
                            .build(),
                        answer));
    return answer;
  }

  private KeyPair key() {
    return Keys.generate("secp256r1", random);
  }

  private static byte[] requestOf(KeyPair key) {
    try {
      return request(key);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] request(KeyPair key) throws Exception {
    return new JcaPKCS10CertificationRequestBuilder(
            new X500Principal("CN=anything"), key.getPublic())
        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()))
        .getEncoded();
  }
}
