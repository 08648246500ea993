package dev.holdfast.coordinator.server;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** A service whose requests are to be smaller than those that its port takes. */
public final class SmallRequests {
  private SmallRequests() {}

  /** The same service, which refuses requests of more bytes. */
  public static ServerServiceDefinition limit(ServerServiceDefinition service, int bytes) {
    List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
    service.getMethods().forEach(method -> methods.add(narrow(method, bytes)));
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(service.getServiceDescriptor().getName())
            .setSchemaDescriptor(service.getServiceDescriptor().getSchemaDescriptor());
    methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
    ServerServiceDefinition.Builder narrowed = ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(narrowed::addMethod);
    return narrowed.build();
  }

  private static <Q, P> ServerMethodDefinition<Q, P> narrow(
      ServerMethodDefinition<Q, P> method, int bytes) {
    MethodDescriptor<Q, P> wide = method.getMethodDescriptor();
    return ServerMethodDefinition.create(
        wide.toBuilder(
                new Narrow<>(wide.getRequestMarshaller(), bytes), wide.getResponseMarshaller())
            .build(),
        method.getServerCallHandler());
  }

  private record Narrow<T>(Marshaller<T> wide, int bytes) implements Marshaller<T> {
    @Override
    public InputStream stream(T value) {
      return wide.stream(value);
    }

    @Override
    public T parse(InputStream stream) {
      try {
        byte[] message = stream.readNBytes(bytes + 1);
        if (message.length > bytes) {
          throw Status.RESOURCE_EXHAUSTED
              .withDescription("the request has more than " + bytes + " bytes")
              .asRuntimeException();
        }
        return wide.parse(new ByteArrayInputStream(message));
      } catch (IOException e) {
        throw new UncheckedIOException("a request can't be read", e);
      }
    }
  }
}
