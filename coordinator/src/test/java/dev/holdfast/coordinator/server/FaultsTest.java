package dev.holdfast.coordinator.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Empty;
import dev.holdfast.coordinator.store.StoreException;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class FaultsTest {
  private static final UUID ID = UUID.fromString("11111111-1111-4111-8111-111111111111");

  private final Faults faults = new Faults(() -> ID);
  private final SilentCall call = new SilentCall(MethodType.UNARY);

  @Test
  void whatNobodyExpectedIsToldByAnIdAlone() {
    listen(new IllegalStateException("a secret of the inside")).onHalfClose();

    Status end = call.ends.getFirst();
    assertEquals(Status.Code.INTERNAL, end.getCode());
    assertTrue(String.valueOf(end.getDescription()).contains(ID.toString()));
    assertFalse(end.toString().contains("secret"), end.toString());
  }

  @Test
  void aStoreThatFailsMayBeTriedAgain() {
    listen(new StoreException("the disk is full")).onMessage(Empty.getDefaultInstance());

    assertEquals(Status.Code.UNAVAILABLE, call.ends.getFirst().getCode());
  }

  @Test
  void aStackThatOverflowsEndsTheCallAlone() {
    faults.interceptCall(
        call,
        new Metadata(),
        (inner, headers) -> {
          throw new StackOverflowError();
        });

    assertEquals(Status.Code.INTERNAL, call.ends.getFirst().getCode());
  }

  @Test
  void aCallThatWasClosedAlreadyStaysAsItIs() {
    call.close(Status.OK, new Metadata());

    listen(new IllegalStateException("late")).onHalfClose();

    assertEquals(1, call.ends.size());
  }

  private ServerCall.Listener<Empty> listen(RuntimeException failure) {
    return faults.interceptCall(
        call,
        new Metadata(),
        (inner, headers) ->
            new ServerCall.Listener<Empty>() {
              @Override
              public void onMessage(Empty message) {
                throw failure;
              }

              @Override
              public void onHalfClose() {
                throw failure;
              }
            });
  }
}
