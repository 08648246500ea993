package dev.holdfast.coordinator.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.Webhooks;
import dev.holdfast.coordinator.store.Webhooks.Condition;
import dev.holdfast.coordinator.store.Webhooks.Webhook;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.coordinator.trust.ParameterKeys;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is sent, in which order, and when again. */
final class WebhookSenderTest {
  private static final String SECRET = "correct horse battery staple";

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Estate estate;

  @SuppressWarnings("NullAway.Init") // set before each test
  private ParameterKeys keys;

  /** Each: the webhook's URL and the body. */
  private final List<String> sent = new ArrayList<>();

  private final List<Map<String, String>> headers = new ArrayList<>();
  private final Deque<Runnable> network = new ArrayDeque<>();
  private Optional<String> answer = Optional.empty();
  private boolean hangs;

  @BeforeEach
  void open() throws Exception {
    estate = new Estate(folder);
    keys = ParameterKeys.open(folder.resolve("keys"), estate.store, new SecureRandom());
    sender(estate.store).start();
  }

  @AfterEach
  void close() {
    estate.close();
  }

  private WebhookSender sender(Store store) {
    return new WebhookSender(store, keys, estate.timers, this::onNetwork, this::post);
  }

  private void onNetwork(Runnable task) {
    if (hangs) {
      network.add(task);
    } else {
      task.run();
    }
  }

  private Optional<String> post(String url, Map<String, String> with, byte[] body) {
    sent.add(url + " " + new String(body, StandardCharsets.UTF_8));
    headers.add(with);
    return answer;
  }

  @Test
  void eventsOfItsTypesComeInOrderSignedAndNoOthers() {
    put("a", "One", "Two");
    event("One", "first");
    event("Other", "second");
    event("Two", "third");
    pass(Duration.ofSeconds(1));

    assertEquals(List.of("first", "third"), resources());
    assertTrue(
        sent.getFirst()
            .equals(
                "https://a.example/ {\"detail\":{},\"epoch\":1,\"position\":1,\"resources\":"
                    + "[\"first\"],\"time\":\"2026-11-24T12:00:00Z\",\"type\":\"One\"}"),
        sent.getFirst());
    Map<String, String> with = headers.getFirst();
    assertEquals("1.1", with.get("X-Holdfast-Delivery"));
    String timestamp = Objects.requireNonNull(with.get("X-Holdfast-Timestamp"));
    byte[] body =
        sent.getFirst().substring("https://a.example/ ".length()).getBytes(StandardCharsets.UTF_8);
    assertEquals(
        "sha256=" + Delivery.signature(SECRET, timestamp, body), with.get("X-Holdfast-Signature"));
    assertEquals(
        "f4b4c2a0a1c0b0d2".length() * 4,
        Objects.requireNonNull(with.get("X-Holdfast-Signature")).length() - "sha256=".length());
    assertEquals(3, row("a").position());
  }

  @Test
  void whatIsNotTakenHoldsWhatFollowsAndIsSentAgain() {
    put("a", "One");
    answer = Optional.of("the answer was 500");
    event("One", "first");
    event("One", "second");
    pass(Duration.ofSeconds(4));

    assertEquals(Condition.FAILING, row("a").state().condition());
    assertEquals("the answer was 500", row("a").state().message());
    assertEquals(List.of("first"), resources().stream().distinct().toList());
    assertEquals(3, sent.size(), "at once, after 1 s, after 2 s more");

    answer = Optional.empty();
    pass(Duration.ofSeconds(10));
    assertEquals("second", resources().getLast());
    assertEquals(5, sent.size());
    assertEquals(Condition.OK, row("a").state().condition());
  }

  @Test
  void afterADayItIsGivenUpAndOncePutAgainItGoesOnWhereItStood() {
    put("a", "One");
    answer = Optional.of("down");
    event("One", "first");
    pass(Duration.ofHours(25));

    assertEquals(Condition.GIVEN_UP, row("a").state().condition());
    int attempts = sent.size();
    assertTrue(attempts > 100 && attempts < 200, "attempts " + attempts);
    event("One", "second");
    pass(Duration.ofHours(25));
    assertEquals(attempts, sent.size());

    answer = Optional.empty();
    put("a", "One");
    pass(Duration.ofSeconds(1));
    assertEquals(List.of("first", "second"), resources().subList(attempts, sent.size()));
    assertEquals(Condition.OK, row("a").state().condition());
  }

  @Test
  void oneThatHangsHoldsNoOtherAndOneEventIsOnItsWayAtATime() {
    put("a", "One");
    put("b", "One");
    hangs = true;
    event("One", "first");
    event("One", "second");
    pass(Duration.ofMinutes(1));

    assertEquals(2, network.size());
    hangs = false;
    network.removeLast().run();
    pass(Duration.ofSeconds(1));
    assertEquals(List.of("first", "second"), resources());
    assertTrue(sent.stream().allMatch(one -> one.startsWith("https://b.")), sent.toString());
  }

  @Test
  void aNewCoordinatorSendsOnFromWhatWasNotedAndAgainWhatWasNot() {
    put("a", "One");
    hangs = true;
    event("One", "first");
    pass(Duration.ofSeconds(1));
    network.removeFirst(); // the coordinator died with it on its way
    hangs = false;
    sender(estate.store).start();
    pass(Duration.ofSeconds(1));

    assertEquals(List.of("first"), resources());
  }

  @Test
  void whatIsDeletedOrPutAnewWhileAnEventIsUnderWayIsNotTouchedByItsEnd() {
    put("a", "One");
    hangs = true;
    event("One", "first");
    pass(Duration.ofSeconds(1));
    estate.store.write(write -> Webhooks.delete(write, "a"));
    network.removeFirst().run();
    pass(Duration.ofSeconds(1));

    assertEquals(List.of(), estate.store.read(read -> Webhooks.list(read, "", 10)));
  }

  @Test
  void manyOtherEventsMoveItsPlaceSoThatTheLogMayForgetThem() {
    put("a", "One");
    for (int i = 0; i < 2 * WebhookSender.EVENTS_AT_ONCE; i++) {
      event("Other", "x");
    }
    pass(Duration.ofSeconds(5));

    assertTrue(row("a").position() >= WebhookSender.EVENTS_AT_ONCE, row("a").toString());
    assertEquals(List.of(), sent);
  }

  @Test
  void theSecretIsNowhereInTheStoreAndARowThatWasMovedDoesNotOpen() {
    put("a", "One");
    assertFalse(String.join("\n", estate.dump()).contains(SECRET));
    estate.store.write(
        write -> {
          Webhook row = Webhooks.find(write.read(), "a").orElseThrow();
          Webhooks.put(
              write, new Webhook("b", row.url(), row.types(), row.secret(), 1, 0, row.state()));
          return true;
        });
    event("One", "first");
    pass(Duration.ofMillis(500));

    assertEquals(1, sent.size(), "only what belongs together is signed");
    assertEquals(Condition.FAILING, row("b").state().condition());
  }

  private void put(String name, String... types) {
    estate.store.write(
        write -> {
          Optional<Webhook> before = Webhooks.find(write.read(), name);
          int serial = before.map(Webhook::serial).orElse(0) + 1;
          Webhooks.put(
              write,
              new Webhook(
                  name,
                  "https://" + name + ".example/",
                  List.of(types),
                  keys.seal(Webhooks.sealedAs(name), serial, SECRET),
                  serial,
                  before.map(Webhook::position).orElse(write.position()),
                  Webhooks.State.fine(write.now())));
          return true;
        });
  }

  private void event(String type, String resource) {
    estate.store.write(write -> write.append(type, List.of(resource), Map.of()));
  }

  private void pass(Duration time) {
    estate.timers.advance(time);
  }

  private Webhook row(String name) {
    return estate.store.read(read -> Webhooks.find(read, name).orElseThrow());
  }

  private List<String> resources() {
    return sent.stream()
        .map(one -> one.replaceAll(".*\"resources\":\\[\"(\\w+)\"\\].*", "$1"))
        .toList();
  }
}
