package dev.holdfast.coordinator.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.Empty;
import dev.holdfast.task.Timers;
import dev.holdfast.task.TransportLimits;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class CallTimesTest {
  private final List<String> heard = new ArrayList<>();
  private final List<Runnable> due = new ArrayList<>();
  private final List<Duration> delays = new ArrayList<>();
  private Optional<ServerCall<Empty, Empty>> seen = Optional.empty();

  /** Keeps tasks until the test runs them. */
  private final Timers timers =
      new Timers() {
        @Override
        public Instant now() {
          return Instant.EPOCH;
        }

        @Override
        public Duration uptime() {
          return Duration.ZERO;
        }

        @Override
        public Timer after(Duration delay, Runnable task) {
          delays.add(delay);
          due.add(task);
          return () -> due.remove(task);
        }
      };

  @Test
  void aUnaryCallThatTakesTooLongIsEndedAndItsAnswerIsNotSent() {
    SilentCall call = new SilentCall(MethodType.UNARY);
    ServerCall.Listener<Empty> listener = begin(call);
    listener.onMessage(Empty.getDefaultInstance());
    listener.onHalfClose();
    due.removeFirst().run();
    seen.orElseThrow().sendMessage(Empty.getDefaultInstance());
    seen.orElseThrow().close(Status.OK, new Metadata());

    assertEquals(List.of(TransportLimits.CALL), delays);
    assertEquals(
        List.of(Status.Code.DEADLINE_EXCEEDED), call.ends.stream().map(Status::getCode).toList());
    assertEquals(List.of(), call.sent);
    assertEquals(List.of("message", "halfClose"), heard);
  }

  @Test
  void whatACallWantedThatIsOverIsNotBegun() {
    SilentCall call = new SilentCall(MethodType.UNARY);
    ServerCall.Listener<Empty> listener = begin(call);
    due.removeFirst().run();
    listener.onMessage(Empty.getDefaultInstance());
    listener.onHalfClose();
    listener.onComplete();

    assertEquals(List.of("complete"), heard);
  }

  @Test
  void aStreamOfAnswersMayLastOnceItsRequestIsThere() {
    SilentCall call = new SilentCall(MethodType.SERVER_STREAMING);
    ServerCall.Listener<Empty> listener = begin(call);
    assertEquals(List.of(TransportLimits.REQUEST), delays);
    listener.onMessage(Empty.getDefaultInstance());
    listener.onHalfClose();

    assertEquals(List.of(), due);
    seen.orElseThrow().sendMessage(Empty.getDefaultInstance());
    assertEquals(1, call.sent.size());
  }

  @Test
  void aCallThatEndsLeavesNothingBehind() {
    begin(new SilentCall(MethodType.UNARY)).onComplete();
    begin(new SilentCall(MethodType.UNARY)).onCancel();
    begin(new SilentCall(MethodType.BIDI_STREAMING));

    assertEquals(List.of(), due);
  }

  @Test
  void whoNamesATimeGetsThatUpToAMinute() {
    assertEquals(
        Optional.of(TransportLimits.LONGEST_CALL), CallTimes.limit(MethodType.UNARY, true));
    assertEquals(Optional.of(TransportLimits.CALL), CallTimes.limit(MethodType.UNARY, false));
  }

  private ServerCall.Listener<Empty> begin(SilentCall call) {
    return new CallTimes(timers)
        .interceptCall(
            call,
            new Metadata(),
            (inner, headers) -> {
              seen = Optional.of(inner);
              return new ServerCall.Listener<Empty>() {
                @Override
                public void onMessage(Empty message) {
                  heard.add("message");
                }

                @Override
                public void onHalfClose() {
                  heard.add("halfClose");
                }

                @Override
                public void onCancel() {
                  heard.add("cancel");
                }

                @Override
                public void onComplete() {
                  heard.add("complete");
                }
              };
            });
  }
}
