package dev.holdfast.pages;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The calls of the admin API, by the names and the JSON with which pages write them. */
public final class AdminCalls {
  private static final Path SCHEMA =
      Path.of(System.getProperty("holdfast.root"), "proto/src/main/proto/holdfast/v1");
  private static final Pattern SERVICE = Pattern.compile("(?m)^service (\\w+) ");

  private final Map<String, MethodDescriptor> methods = new TreeMap<>();

  /** All that the schema has. */
  public AdminCalls() {
    try (Stream<Path> files = Files.list(SCHEMA)) {
      for (Path file : files.toList()) {
        for (Matcher service = SERVICE.matcher(Files.readString(file)); service.find(); ) {
          add(service.group(1));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(String service) {
    try {
      ServiceDescriptor described =
          (ServiceDescriptor)
              Class.forName("dev.holdfast.wire.v1." + service + "Grpc")
                  .getMethod("getServiceDescriptor")
                  .invoke(null);
      var supplier =
          (ProtoServiceDescriptorSupplier)
              Objects.requireNonNull(Objects.requireNonNull(described).getSchemaDescriptor());
      supplier
          .getServiceDescriptor()
          .getMethods()
          .forEach(method -> methods.put(service + "/" + method.getName(), method));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("no code was made of the service " + service, e);
    }
  }

  /** The names of the methods, as {@code Service/Method}. */
  public List<String> names() {
    return List.copyOf(methods.keySet());
  }

  /** What is wrong with a call that a page writes; nothing if it could be made. */
  public List<String> problems(String name, String json) {
    MethodDescriptor method = methods.get(name);
    if (method == null) {
      return List.of("there is no call " + name);
    }
    try {
      var _ = message(method, json);
      return List.of();
    } catch (InvalidProtocolBufferException e) {
      return List.of(name + ": " + e.getMessage());
    }
  }

  /** Makes a call with one answer; that answer. */
  public String make(Channel channel, CallCredentials token, String name, String json) {
    MethodDescriptor method = Objects.requireNonNull(methods.get(name), "there is no call " + name);
    try {
      DynamicMessage answer =
          ClientCalls.blockingUnaryCall(
              channel,
              io.grpc.MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
                  .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
                  .setFullMethodName("holdfast.v1." + name)
                  .setRequestMarshaller(
                      ProtoUtils.marshaller(
                          DynamicMessage.getDefaultInstance(method.getInputType())))
                  .setResponseMarshaller(
                      ProtoUtils.marshaller(
                          DynamicMessage.getDefaultInstance(method.getOutputType())))
                  .build(),
              CallOptions.DEFAULT.withCallCredentials(token),
              message(method, json));
      return JsonFormat.printer().print(answer);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(name + ": " + e.getMessage(), e);
    }
  }

  private static DynamicMessage message(MethodDescriptor method, String json)
      throws InvalidProtocolBufferException {
    DynamicMessage.Builder message = DynamicMessage.newBuilder(method.getInputType());
    JsonFormat.parser().merge(json, message);
    return message.build();
  }
}
