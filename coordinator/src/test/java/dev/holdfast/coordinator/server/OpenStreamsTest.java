package dev.holdfast.coordinator.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Empty;
import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.coordinator.trust.Role;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class OpenStreamsTest {
  private static final Caller.Person ANN = new Caller.Person("ann", Role.VIEWER, Optional.empty());

  private final Set<Caller.Person> good = new HashSet<>(Set.of(ANN));
  private final OpenStreams streams = new OpenStreams(good::contains);
  private final List<String> heard = new ArrayList<>();

  @Test
  void aStreamEndsWhenItsTokenIsNoLongerGood() throws Exception {
    SilentCall call = new SilentCall(MethodType.SERVER_STREAMING);
    ServerCall<Empty, Empty> seen = open(call);
    seen.sendMessage(Empty.getDefaultInstance());
    streams.check();
    assertEquals(List.of(), call.ends);

    good.clear();
    streams.check();
    streams.check();
    seen.sendMessage(Empty.getDefaultInstance());
    seen.close(Status.OK, new Metadata());

    assertEquals(
        List.of(Status.Code.UNAUTHENTICATED), call.ends.stream().map(Status::getCode).toList());
    assertEquals(1, call.sent.size());
    assertTrue(seen.isCancelled());
  }

  @Test
  void toItsServiceAnEndedStreamLooksLikeOneThatItsCallerLeft() throws Exception {
    SilentCall call = new SilentCall(MethodType.SERVER_STREAMING);
    open(call);
    good.clear();
    streams.check();

    listener.onComplete();

    assertEquals(List.of("cancel"), heard);
    assertEquals(0, streams.size());
  }

  @Test
  void aStreamThatItsServiceEndsIsForgotten() throws Exception {
    SilentCall call = new SilentCall(MethodType.SERVER_STREAMING);
    open(call).close(Status.OK, new Metadata());

    listener.onComplete();

    assertEquals(List.of("complete"), heard);
    assertEquals(0, streams.size());
  }

  @Test
  void callsThatEndByThemselvesAreNotKept() throws Exception {
    open(new SilentCall(MethodType.UNARY));

    assertEquals(0, streams.size());
  }

  @SuppressWarnings("NullAway.Init") // set by open()
  private ServerCall.Listener<Empty> listener;

  /** The call as its service sees it. */
  private ServerCall<Empty, Empty> open(SilentCall call) throws Exception {
    List<ServerCall<Empty, Empty>> seen = new ArrayList<>();
    listener =
        Context.current()
            .withValue(Caller.KEY, ANN)
            .call(
                () ->
                    streams.interceptCall(
                        call,
                        new Metadata(),
                        (inner, headers) -> {
                          seen.add(inner);
                          return new ServerCall.Listener<Empty>() {
                            @Override
                            public void onCancel() {
                              heard.add("cancel");
                            }

                            @Override
                            public void onComplete() {
                              heard.add("complete");
                            }
                          };
                        }));
    return seen.getFirst();
  }
}
