package dev.holdfast.coordinator.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Durations;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.coordinator.trust.Role;
import dev.holdfast.task.TransportLimits;
import dev.holdfast.wire.RetryTime;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class CallRatesTest {
  private static final Caller ANN = new Caller.Person("ann", Role.ADMIN, Optional.empty());
  private static final Caller BEN = new Caller.Person("ben", Role.ADMIN, Optional.empty());

  private static final Caller ANYONE = new Caller.Anyone();

  private final AtomicReference<Duration> now = new AtomicReference<>(Duration.ofHours(1));
  private final CallRates rates = new CallRates(TransportLimits.ADMIN_CALLS_A_SECOND, now::get);

  /** Of the calls that were heard, in their order. */
  private final List<ServerCall.Listener<Empty>> going = new ArrayList<>();

  /** Of the newest call. */
  private ServerCall.Listener<Empty> listener = new ServerCall.Listener<>() {};

  @Test
  void aPersonWhoCallsTooOftenIsToldWhenToTryAgainAndOthersAreHeard() throws Exception {
    assertEquals(200, heard(ANN, 1_000));
    assertEquals(800, rates.refused());
    assertEquals(1, heard(BEN, 1));

    SilentCall call = call(ANN, MethodType.UNARY);
    StatusRuntimeException refusal =
        call.ends.getFirst().asRuntimeException(call.trailers.getFirst());
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, refusal.getStatus().getCode());
    assertEquals(Optional.of(Duration.ofMillis(50)), RetryTime.of(refusal));
    com.google.rpc.Status told = Objects.requireNonNull(StatusProto.fromThrowable(refusal));
    assertEquals("Throttling", reason(told));
    assertEquals(
        50, Durations.toMillis(told.getDetails(1).unpack(RetryInfo.class).getRetryDelay()));

    now.set(now.get().plusMillis(50));
    assertEquals(1, heard(ANN, 10));
    now.set(now.get().plusSeconds(1));
    assertEquals(20, heard(ANN, 100));
  }

  @Test
  void agentsFetchAWholeSetAtOnceAndTheirLinksAreNotCountedHere() throws Exception {
    Caller agent =
        new Caller.Agent(new InstanceId("mi-00000000000000001"), "1", Optional.empty(), false);
    assertEquals(TransportLimits.AGENT_CALLS_AT_ONCE, heard(agent, 3_000));
    assertTrue(call(agent, MethodType.BIDI_STREAMING).ends.isEmpty());
  }

  @Test
  void whoShowsNothingIsCountedByConnection() throws Exception {
    int heard = 0;
    for (int i = 0; i < 100; i++) {
      heard += call(ANYONE, MethodType.UNARY).ends.isEmpty() ? 1 : 0;
      listener.onComplete();
    }
    assertEquals(TransportLimits.MESSAGES_A_SECOND, heard);
  }

  @Test
  void whoShowsNothingHasFewCallsAtOnceHoweverTheyEnd() throws Exception {
    assertEquals(TransportLimits.MAX_STRANGER_CALLS, heard(ANYONE, 5));
    assertEquals(3, rates.refused());

    SilentCall call = call(ANYONE, MethodType.UNARY);
    StatusRuntimeException refusal =
        call.ends.getFirst().asRuntimeException(call.trailers.getFirst());
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, refusal.getStatus().getCode());
    assertEquals(Optional.of(TransportLimits.STRANGER_WAITS), RetryTime.of(refusal));
    assertTrue(
        String.valueOf(refusal.getStatus().getDescription())
            .startsWith("more than 2 calls at once"));
    listener.onComplete(); // of the refused one: it was never counted
    assertEquals(0, heard(ANYONE, 1));
    assertEquals(1, heard(ANN, 1), "others have their own");

    going.get(0).onCancel();
    assertEquals(1, heard(ANYONE, 5));
    going.get(1).onComplete();
    assertEquals(1, heard(ANYONE, 5));
  }

  @Test
  void aCallThatFailsToStartIsOver() {
    Context context = Context.current().withValue(Caller.KEY, ANYONE);
    for (int i = 0; i < 5; i++) {
      assertThrows(
          IllegalStateException.class,
          () ->
              context.call(
                  () ->
                      rates.interceptCall(
                          new SilentCall(MethodType.UNARY),
                          new Metadata(),
                          (_, _) -> {
                            throw new IllegalStateException("broken");
                          })));
    }
  }

  private static String reason(com.google.rpc.Status status) throws InvalidProtocolBufferException {
    return status.getDetails(0).unpack(ErrorInfo.class).getReason();
  }

  private int heard(Caller caller, int calls) throws Exception {
    int heard = 0;
    for (int i = 0; i < calls; i++) {
      heard += call(caller, MethodType.UNARY).ends.isEmpty() ? 1 : 0;
    }
    return heard;
  }

  private SilentCall call(Caller caller, MethodType type) throws Exception {
    SilentCall call = new SilentCall(type);
    listener =
        Context.current()
            .withValue(Caller.KEY, caller)
            .call(
                () ->
                    rates.interceptCall(
                        call, new Metadata(), (_, _) -> new ServerCall.Listener<Empty>() {}));
    if (call.ends.isEmpty()) {
      going.add(listener);
    }
    return call;
  }
}
