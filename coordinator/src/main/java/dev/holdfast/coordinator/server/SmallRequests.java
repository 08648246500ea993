package dev.holdfast.coordinator.server;

import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerCall;
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
import java.util.Optional;

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

  private static <Q, P> ServerMethodDefinition<Request<Q>, P> narrow(
      ServerMethodDefinition<Q, P> method, int bytes) {
    MethodDescriptor<Q, P> wide = method.getMethodDescriptor();
    return ServerMethodDefinition.create(
        wide.toBuilder(
                new Narrow<>(wide.getRequestMarshaller(), bytes), wide.getResponseMarshaller())
            .build(),
        (call, headers) -> {
          ServerCall<Q, P> seen = new Seen<>(call, wide);
          return new Heard<>(call, bytes, method.getServerCallHandler().startCall(seen, headers));
        });
  }

  /** A request as it came: empty if it is too large, of which nothing is read then. */
  private record Request<T>(Optional<T> message) {}

  private record Narrow<T>(Marshaller<T> wide, int bytes) implements Marshaller<Request<T>> {
    @Override
    public InputStream stream(Request<T> value) {
      return wide.stream(value.message.orElseThrow());
    }

    @Override
    public Request<T> parse(InputStream stream) {
      try {
        byte[] message = stream.readNBytes(bytes + 1);
        return new Request<>(
            message.length > bytes
                ? Optional.empty()
                : Optional.of(wide.parse(new ByteArrayInputStream(message))));
      } catch (IOException e) {
        throw new UncheckedIOException("a request can't be read", e);
      }
    }
  }

  /** The call as its service knows it. */
  private static final class Seen<Q, P> extends ForwardingServerCall<Q, P> {
    private final ServerCall<Request<Q>, P> call;
    private final MethodDescriptor<Q, P> method;

    Seen(ServerCall<Request<Q>, P> call, MethodDescriptor<Q, P> method) {
      this.call = call;
      this.method = method;
    }

    @Override
    @SuppressWarnings("unchecked") // nothing of the delegate but its method tells of requests
    protected ServerCall<Q, P> delegate() {
      return (ServerCall<Q, P>) (ServerCall<?, P>) call;
    }

    @Override
    public MethodDescriptor<Q, P> getMethodDescriptor() {
      return method;
    }
  }

  /** Ends a call whose request is too large; its service never hears of it. */
  private static final class Heard<Q> extends ServerCall.Listener<Request<Q>> {
    private final ServerCall<?, ?> call;
    private final int bytes;
    private final ServerCall.Listener<Q> service;
    private boolean refused;

    Heard(ServerCall<?, ?> call, int bytes, ServerCall.Listener<Q> service) {
      this.call = call;
      this.bytes = bytes;
      this.service = service;
    }

    @Override
    public void onMessage(Request<Q> request) {
      if (request.message.isPresent()) {
        service.onMessage(request.message.get());
      } else if (!refused) {
        refused = true;
        call.close(
            Status.RESOURCE_EXHAUSTED.withDescription(
                "the request has more than " + bytes + " bytes"),
            new Metadata());
      }
    }

    @Override
    public void onHalfClose() {
      if (!refused) {
        service.onHalfClose();
      }
    }

    @Override
    public void onCancel() {
      service.onCancel();
    }

    @Override
    public void onComplete() {
      service.onComplete();
    }

    @Override
    public void onReady() {
      service.onReady();
    }
  }
}
