package dev.holdfast.coordinator.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.rpc.BadRequest;
import dev.holdfast.coordinator.testing.AsAdmin;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.coordinator.testing.Reader;
import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.coordinator.trust.ParameterKeys;
import dev.holdfast.coordinator.trust.Role;
import dev.holdfast.wire.v1.DeleteWebhookRequest;
import dev.holdfast.wire.v1.Event;
import dev.holdfast.wire.v1.ListWebhooksRequest;
import dev.holdfast.wire.v1.PutWebhookRequest;
import dev.holdfast.wire.v1.Warning;
import dev.holdfast.wire.v1.WatchRequest;
import dev.holdfast.wire.v1.Webhook;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The log as people watch it, and the webhooks as they keep them. */
@ExtendWith(AsAdmin.class)
final class GrpcEventsTest {
  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Estate estate;

  @SuppressWarnings("NullAway.Init") // set before each test
  private GrpcEvents events;

  @BeforeEach
  void open() throws Exception {
    estate = new Estate(folder);
    events =
        new GrpcEvents(
            estate.store,
            new Calls(estate.store, () -> new UUID(1, estate.store.position())),
            ParameterKeys.open(folder.resolve("keys"), estate.store, new SecureRandom()),
            Runnable::run,
            estate.timers);
  }

  @AfterEach
  void close() {
    estate.close();
  }

  @Test
  void firstWhatIsStoredThenWhatComesByTypeAndResource() {
    event("One", "a");
    event("Two", "a");
    event("One", "b");
    Reader<Event> all = watch(WatchRequest.newBuilder(), 100);
    Reader<Event> some = watch(WatchRequest.newBuilder().addTypes("One").addResourceIds("b"), 100);
    Reader<Event> coming = watch(WatchRequest.newBuilder().setAfterPosition(-1), 100);
    event("One", "b");

    assertEquals(List.of(1L, 2L, 3L, 4L), positions(all));
    assertEquals(List.of(3L, 4L), positions(some));
    assertEquals(List.of(4L), positions(coming));
  }

  @Test
  void aReaderThatDoesNotReadIsHeldNoMoreThanAChunkForAndIsDroppedWithItsCursor() {
    Reader<Event> slow = watch(WatchRequest.newBuilder(), 3);
    for (int i = 0; i < 1_000; i++) {
      event("One", "a");
    }
    assertEquals(3, slow.read.size());
    estate.timers.advance(Feeds.PATIENCE.minusSeconds(10));
    assertTrue(slow.failure.isEmpty());
    estate.timers.advance(Duration.ofSeconds(20));

    StatusRuntimeException failure = (StatusRuntimeException) slow.failure.orElseThrow();
    assertEquals("ABORTED", failure.getStatus().getCode().name());
    BadRequest told = told(failure);
    assertEquals("after_position", told.getFieldViolations(0).getField());
    assertEquals("3", told.getFieldViolations(0).getDescription());

    Reader<Event> again =
        watch(
            WatchRequest.newBuilder()
                .setAfterPosition(Long.parseLong(told.getFieldViolations(0).getDescription())),
            10_000);
    assertEquals(997, again.read.size());
    assertEquals(4, again.read.getFirst().getPosition());
  }

  @Test
  void aReaderThatTakesAtLeastSomethingStays() {
    Reader<Event> slow = watch(WatchRequest.newBuilder(), 1);
    for (int i = 0; i < 20; i++) {
      event("One", "a");
    }
    for (int i = 0; i < 19; i++) {
      estate.timers.advance(Feeds.PATIENCE.minusSeconds(10));
      slow.take(1);
    }
    assertTrue(slow.failure.isEmpty());
    assertEquals(20, slow.read.size());
    estate.timers.advance(Feeds.PATIENCE.multipliedBy(10));
    assertTrue(slow.failure.isEmpty(), "there was nothing to take");
  }

  @Test
  void watchersAreBoundedAndWhoLeavesMakesRoom() {
    List<Reader<Event>> readers = new ArrayList<>();
    for (int i = 0; i < GrpcEvents.MAX_WATCHERS; i++) {
      readers.add(watch(WatchRequest.newBuilder(), 1));
    }
    assertEquals(
        "RESOURCE_EXHAUSTED",
        ((StatusRuntimeException) watch(WatchRequest.newBuilder(), 1).failure.orElseThrow())
            .getStatus()
            .getCode()
            .name());
    readers.getFirst().leave();
    assertTrue(watch(WatchRequest.newBuilder(), 1).failure.isEmpty());
  }

  @Test
  void allThatIsWrongWithAWebhookIsToldAtOnce() {
    String refusal =
        Answer.refusal(
            (PutWebhookRequest request,
                StreamObserver<dev.holdfast.wire.v1.PutWebhookResponse> answer) ->
                Context.current()
                    .withValue(Caller.KEY, new Caller.Person("ann", Role.ADMIN, Optional.empty()))
                    .run(() -> events.putWebhook(request, answer)),
            PutWebhookRequest.newBuilder()
                .setName("x")
                .setUrl("http://example.com/")
                .addTypes("no type")
                .setSecret("short")
                .build());

    assertTrue(refusal.startsWith("ValidationError: name"), refusal);
    assertTrue(refusal.endsWith("(and 3 more)"), refusal);
  }

  @Test
  void webhooksAreWrittenListedWithoutTheirSecretAndDeleted() throws Exception {
    put(hook().build());
    Webhook listed = list().getFirst();
    assertEquals("chat", listed.getName());
    assertEquals("OK", listed.getCondition());
    assertFalse(listed.toString().contains("battery"));
    assertFalse(String.join("\n", estate.dump()).contains("battery"), "nor in the audit trail");

    put(hook().setUrl("https://other.example.com/?key=word").build());
    assertEquals("https://other.example.com/?key=word", list().getFirst().getUrl());
    assertFalse(estate.events().toString().contains("key=word"), "a URL may have a password in it");

    var _ = call(events::deleteWebhook, DeleteWebhookRequest.newBuilder().setName("chat").build());
    assertEquals(List.of(), list());
  }

  @Test
  void aWebhookWhoseEventsAreNoLongerKeptIsToldSoWhenItIsPutAgain() {
    put(hook().build());
    long stood = list().getFirst().getPosition();
    for (int i = 0; i < 9; i++) {
      estate.addAssociation(i + 20, "");
    }
    estate.sql("DELETE FROM log WHERE position < " + (stood + 6));

    List<Warning> warnings = call(events::putWebhook, hook().build()).getWarningsList();

    assertEquals(List.of("EventsTruncated"), warnings.stream().map(Warning::getCode).toList());
    assertTrue(
        warnings
            .getFirst()
            .getMessage()
            .startsWith("the events %d to %d are".formatted(stood + 1, stood + 5)),
        warnings.toString());
    assertEquals(stood + 5, list().getFirst().getPosition());
    assertEquals(List.of(), call(events::putWebhook, hook().build()).getWarningsList());
  }

  private static PutWebhookRequest.Builder hook() {
    return PutWebhookRequest.newBuilder()
        .setName("chat")
        .setUrl("https://hooks.example.com/x")
        .addTypes("RunEnded")
        .setSecret("correct horse battery staple");
  }

  private void put(PutWebhookRequest request) {
    var _ = call(events::putWebhook, request);
  }

  private List<Webhook> list() {
    return call(events::listWebhooks, ListWebhooksRequest.getDefaultInstance()).getWebhooksList();
  }

  private static <Q, P> P call(BiConsumer<Q, StreamObserver<P>> method, Q request) {
    try {
      return Context.current()
          .withValue(Caller.KEY, new Caller.Person("ann", Role.ADMIN, Optional.empty()))
          .call(() -> Answer.of(method, request));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static BadRequest told(StatusRuntimeException failure) {
    try {
      for (var detail :
          Objects.requireNonNull(StatusProto.fromThrowable(failure)).getDetailsList()) {
        if (detail.is(BadRequest.class)) {
          return detail.unpack(BadRequest.class);
        }
      }
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    throw new AssertionError("no field is told", failure);
  }

  private Reader<Event> watch(WatchRequest.Builder request, int room) {
    Reader<Event> reader = new Reader<>(room);
    events.watch(request.build(), reader);
    return reader;
  }

  private void event(String type, String resource) {
    estate.store.write(write -> write.append(type, List.of(resource), Map.of()));
  }

  private static List<Long> positions(Reader<Event> reader) {
    return reader.read.stream().map(Event::getPosition).toList();
  }
}
