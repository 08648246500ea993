package dev.holdfast.coordinator.server;

import com.google.protobuf.Empty;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import java.util.ArrayList;
import java.util.List;

/** A call that notes what is done with it. */
final class SilentCall extends ServerCall<Empty, Empty> {
  final List<Empty> sent = new ArrayList<>();
  final List<Status> ends = new ArrayList<>();
  final List<Metadata> trailers = new ArrayList<>();
  private final MethodDescriptor<Empty, Empty> method;

  SilentCall(MethodDescriptor.MethodType type) {
    this.method =
        MethodDescriptor.<Empty, Empty>newBuilder()
            .setType(type)
            .setFullMethodName("test.Service/Method")
            .setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
            .setResponseMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
            .build();
  }

  @Override
  public void request(int messages) {}

  @Override
  public void sendHeaders(Metadata headers) {}

  @Override
  public void sendMessage(Empty message) {
    sent.add(message);
  }

  @Override
  public void close(Status status, Metadata metadata) {
    if (!ends.isEmpty()) {
      throw new IllegalStateException("call already closed");
    }
    ends.add(status);
    trailers.add(metadata);
  }

  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public MethodDescriptor<Empty, Empty> getMethodDescriptor() {
    return method;
  }
}
