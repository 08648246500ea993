package dev.holdfast.coordinator.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.holdfast.wire.agent.EnrollRequest;
import dev.holdfast.wire.agent.EnrolmentServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import org.junit.jupiter.api.Test;

final class SmallRequestsTest {
  @Test
  void aRequestAtTheLimitPassesAndOneByteMoreDoesNot() {
    EnrollRequest fits = request(1000);
    int limit = fits.getSerializedSize();
    MethodDescriptor<?, ?> narrowed = narrowed(limit);

    assertEquals(fits, narrowed.parseRequest(new ByteArrayInputStream(fits.toByteArray())));
    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class,
            () -> narrowed.parseRequest(new ByteArrayInputStream(request(1001).toByteArray())));
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
  }

  private static MethodDescriptor<?, ?> narrowed(int limit) {
    ServerMethodDefinition<?, ?> method =
        SmallRequests.limit(
                new EnrolmentServiceGrpc.EnrolmentServiceImplBase() {}.bindService(), limit)
            .getMethod("holdfast.agent.v1.EnrolmentService/Enroll");
    return java.util.Objects.requireNonNull(method).getMethodDescriptor();
  }

  private static EnrollRequest request(int size) {
    return EnrollRequest.newBuilder().setComputerName("x".repeat(size)).build();
  }
}
