package dev.holdfast.coordinator.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class CallRatesTest {
  private static final Caller ANN = new Caller.Person("ann", Role.ADMIN, Optional.empty());
  private static final Caller BEN = new Caller.Person("ben", Role.ADMIN, Optional.empty());

  private final AtomicReference<Duration> now = new AtomicReference<>(Duration.ofHours(1));
  private final CallRates rates = new CallRates(TransportLimits.ADMIN_CALLS_A_SECOND, now::get);

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
    assertEquals(TransportLimits.MESSAGES_A_SECOND, heard(new Caller.Anyone(), 100));
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
    var _ =
        Context.current()
            .withValue(Caller.KEY, caller)
            .call(
                () ->
                    rates.interceptCall(
                        call, new Metadata(), (_, _) -> new ServerCall.Listener<Empty>() {}));
    return call;
  }
}
