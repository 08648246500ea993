package dev.holdfast.coordinator.server;

import io.grpc.ForwardingServerCall;
import io.grpc.KnownLength;
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
          EndableCall<Request<Q>, P> endable = new EndableCall<>(call);
          ServerCall<Q, P> seen = new Seen<>(endable, wide);
          return new Heard<>(
              endable, bytes, method.getServerCallHandler().startCall(seen, headers));
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
        if (stream instanceof KnownLength) {
          return new Request<>(
              stream.available() > bytes ? Optional.empty() : Optional.of(wide.parse(stream)));
        }
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

  /** Ends a call whose request is too large; to its service it looks as if the caller had gone. */
  private static final class Heard<Q> extends ServerCall.Listener<Request<Q>> {
    private final EndableCall<?, ?> call;
    private final int bytes;
    private final ServerCall.Listener<Q> service;

    Heard(EndableCall<?, ?> call, int bytes, ServerCall.Listener<Q> service) {
      this.call = call;
      this.bytes = bytes;
      this.service = service;
    }

    @Override
    public void onMessage(Request<Q> request) {
      if (call.taken()) {
        return;
      }
      if (request.message.isPresent()) {
        service.onMessage(request.message.get());
      } else {
        call.end(
            Status.RESOURCE_EXHAUSTED.withDescription(
                "a message has more than " + bytes + " bytes; no more are allowed"));
      }
    }

    @Override
    public void onHalfClose() {
      if (!call.taken()) {
        service.onHalfClose();
      }
    }

    @Override
    public void onCancel() {
      service.onCancel();
    }

    @Override
    public void onComplete() {
      if (call.taken()) {
        service.onCancel();
      } else {
        service.onComplete();
      }
    }

    @Override
    public void onReady() {
      service.onReady();
    }
  }
}
