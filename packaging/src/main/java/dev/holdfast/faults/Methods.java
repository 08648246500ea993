package dev.holdfast.faults;

import com.google.protobuf.Message;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.agent.EnrolmentServiceGrpc;
import dev.holdfast.wire.agent.LinkServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.channelz.v1.ChannelzGrpc;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Every method that there is, whatever service it is of, and calls of them by their name alone. */
final class Methods {
  /** How often a call that comes too soon after others is made again, and how long after. */
  private static final int TRIES = 200;

  /** Longer than any call may take. */
  private static final Duration ITS_END = Duration.ofSeconds(25);

  private static final Duration BETWEEN = Duration.ofMillis(100);

  private Methods() {}

  /**
   * How a call ended.
   *
   * @param status what it ended with; OK too if it was still open when nobody waited any longer
   * @param messages what came
   */
  record Answer(Status status, List<Message> messages) {
    Answer {
      messages = List.copyOf(messages);
    }
  }

  /** With the admin's token. */
  static CallOptions token(Rig rig) {
    return CallOptions.DEFAULT.withCallCredentials(rig.token());
  }

  /** Of services whose names a coordinator tells, and of those that agents call. */
  static List<MethodDescriptor<Message, Message>> all(Channel admin, CallOptions token) {
    List<ServiceDescriptor> services = new ArrayList<>();
    services.add(EnrolmentServiceGrpc.getServiceDescriptor());
    services.add(LinkServiceGrpc.getServiceDescriptor());
    for (String name : names(admin, token)) {
      services.add(service(name));
    }
    List<MethodDescriptor<Message, Message>> methods = new ArrayList<>();
    for (ServiceDescriptor service : services) {
      service.getMethods().forEach(method -> methods.add(ofMessages(method)));
    }
    return methods;
  }

  /** The names of the services of an admin port, as it tells them. */
  private static Set<String> names(Channel admin, CallOptions token) {
    Answer answer =
        call(
            admin,
            ofMessages(ServerReflectionGrpc.getServerReflectionInfoMethod()),
            ServerReflectionRequest.newBuilder().setListServices("").build(),
            token);
    Set<String> names = new TreeSet<>();
    for (Message message : answer.messages()) {
      ((ServerReflectionResponse) message)
          .getListServicesResponse().getServiceList().stream()
              .map(ServiceResponse::getName)
              .forEach(names::add);
    }
    if (names.isEmpty()) {
      throw new IllegalStateException("no service is told: " + answer.status());
    }
    return names;
  }

  private static ServiceDescriptor service(String name) {
    return switch (name) {
      case HealthGrpc.SERVICE_NAME -> HealthGrpc.getServiceDescriptor();
      case ServerReflectionGrpc.SERVICE_NAME -> ServerReflectionGrpc.getServiceDescriptor();
      case ChannelzGrpc.SERVICE_NAME -> ChannelzGrpc.getServiceDescriptor();
      default -> {
        String simple = name.substring(name.lastIndexOf('.') + 1);
        try {
          yield (ServiceDescriptor)
              Class.forName("dev.holdfast.wire.v1." + simple + "Grpc")
                  .getMethod("getServiceDescriptor")
                  .invoke(null);
        } catch (ReflectiveOperationException e) {
          throw new IllegalStateException("nothing was generated for " + name, e);
        }
      }
    };
  }

  /** Every generated method is one of messages. */
  @SuppressWarnings("unchecked") // what is generated for a method has no other types
  static MethodDescriptor<Message, Message> ofMessages(MethodDescriptor<?, ?> method) {
    return (MethodDescriptor<Message, Message>) method;
  }

  /** A request of a method in which nothing is set. */
  static Message empty(MethodDescriptor<Message, Message> method) {
    return Objects.requireNonNull(
        ((PrototypeMarshaller<Message>) method.getRequestMarshaller()).getMessagePrototype());
  }

  /** Calls it, and waits for its end. */
  static Answer call(
      Channel channel,
      MethodDescriptor<Message, Message> method,
      Message request,
      CallOptions options) {
    return call(channel, method, request, options, ITS_END);
  }

  /**
   * Calls it. Whoever comes too soon after others is told so; then it is called again, a little
   * later.
   *
   * @param patience how long a stream is heard
   */
  static Answer call(
      Channel channel,
      MethodDescriptor<Message, Message> method,
      Message request,
      CallOptions options,
      Duration patience) {
    for (int i = 0; ; i++) {
      Answer answer = once(channel, method, request, options, patience);
      boolean tooSoon =
          answer.status().getCode() == Status.Code.RESOURCE_EXHAUSTED
              && method.getFullMethodName().startsWith("holdfast.v1.");
      if (!tooSoon || i == TRIES) {
        return answer;
      }
      try {
        TimeUnit.MILLISECONDS.sleep(BETWEEN.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return answer;
      }
    }
  }

  private static Answer once(
      Channel channel,
      MethodDescriptor<Message, Message> method,
      Message request,
      CallOptions options,
      Duration patience) {
    boolean unary = method.getType() == MethodDescriptor.MethodType.UNARY;
    ClientCall<Message, Message> call =
        channel.newCall(method, options.withDeadlineAfter(20, TimeUnit.SECONDS));
    List<Message> answers = new ArrayList<>();
    CompletableFuture<Status> end = new CompletableFuture<>();
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(Message message) {
            synchronized (answers) {
              answers.add(message);
            }
            call.request(1);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            end.complete(status);
          }
        },
        new Metadata());
    call.request(unary ? 2 : 1);
    call.sendMessage(request);
    call.halfClose();
    Status status;
    try {
      status = end.get((unary ? ITS_END : patience).toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      call.cancel("heard enough", null);
      status = Status.OK;
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("no answer of " + method.getFullMethodName(), e);
    }
    synchronized (answers) {
      return new Answer(status, answers);
    }
  }
}
