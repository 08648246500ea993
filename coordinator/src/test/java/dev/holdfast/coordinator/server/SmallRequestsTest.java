package dev.holdfast.coordinator.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.holdfast.wire.agent.EnrollRequest;
import dev.holdfast.wire.agent.EnrollResponse;
import dev.holdfast.wire.agent.EnrolmentServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SmallRequestsTest {
  private final List<Integer> heard = new ArrayList<>();

  @Test
  void aRequestAtTheLimitPassesAndOneByteMoreIsRefusedAndItsServiceHearsNothing() throws Exception {
    EnrollRequest fits = request(1000);
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(SmallRequests.limit(new Noting().bindService(), fits.getSerializedSize()))
            .build()
            .start();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
    try {
      var stub =
          EnrolmentServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
      assertEquals("mi", stub.enroll(fits).getInstanceId());
      StatusRuntimeException refused =
          assertThrows(StatusRuntimeException.class, () -> stub.enroll(request(1001)));
      assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
      assertEquals("mi", stub.enroll(fits).getInstanceId(), "the connection is as good as before");
    } finally {
      channel.shutdownNow();
      server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }

    assertEquals(List.of(1000, 1000), heard);
  }

  private static EnrollRequest request(int size) {
    return EnrollRequest.newBuilder().setComputerName("x".repeat(size)).build();
  }

  private final class Noting extends EnrolmentServiceGrpc.EnrolmentServiceImplBase {
    @Override
    public void enroll(EnrollRequest request, StreamObserver<EnrollResponse> answer) {
      heard.add(request.getComputerName().length());
      answer.onNext(EnrollResponse.newBuilder().setInstanceId("mi").build());
      answer.onCompleted();
    }
  }
}
