package dev.holdfast.coordinator;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A server as somebody sees it who knows nothing but how to reach it. */
final class Reflected {
  private final Channel channel;
  private final Map<String, FileDescriptorProto> files = new HashMap<>();
  private final Map<String, FileDescriptor> built = new HashMap<>();
  private final Map<String, ServiceDescriptor> services = new TreeMap<>();

  Reflected(Channel channel) throws Exception {
    this.channel = channel;
    for (ServiceResponse service :
        ask(ServerReflectionRequest.newBuilder().setListServices("").build())
            .getListServicesResponse()
            .getServiceList()) {
      load(service.getName());
    }
  }

  /** By full name. */
  Map<String, ServiceDescriptor> services() {
    return services;
  }

  /**
   * Makes a call; of a stream the first answer is enough, or an empty one if it ends without any.
   * The answer, or the refusal thrown.
   */
  DynamicMessage call(MethodDescriptor method, String json) throws InvalidProtocolBufferException {
    Iterator<DynamicMessage> answers = answers(method, json, Duration.ofSeconds(20));
    return answers.hasNext()
        ? answers.next()
        : DynamicMessage.getDefaultInstance(method.getOutputType());
  }

  /** The same, with all answers of a stream that come within two seconds. */
  List<DynamicMessage> callAll(MethodDescriptor method, String json)
      throws InvalidProtocolBufferException {
    Duration patience = Duration.ofSeconds(method.isServerStreaming() ? 2 : 20);
    List<DynamicMessage> all = new ArrayList<>();
    try {
      answers(method, json, patience).forEachRemaining(all::add);
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.DEADLINE_EXCEEDED || !method.isServerStreaming()) {
        throw e;
      }
    }
    return all;
  }

  private Iterator<DynamicMessage> answers(MethodDescriptor method, String json, Duration patience)
      throws InvalidProtocolBufferException {
    DynamicMessage.Builder request = DynamicMessage.newBuilder(method.getInputType());
    JsonFormat.parser().merge(json, request);
    var grpc =
        io.grpc.MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
            .setType(method.isServerStreaming() ? MethodType.SERVER_STREAMING : MethodType.UNARY)
            .setFullMethodName(method.getService().getFullName() + "/" + method.getName())
            .setRequestMarshaller(
                ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getInputType())))
            .setResponseMarshaller(
                ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getOutputType())))
            .build();
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(patience);
    if (!method.isServerStreaming()) {
      return List.of(ClientCalls.blockingUnaryCall(channel, grpc, options, request.build()))
          .iterator();
    }
    return ClientCalls.blockingServerStreamingCall(channel, grpc, options, request.build());
  }

  private void load(String service) throws Exception {
    for (ByteString file :
        ask(ServerReflectionRequest.newBuilder().setFileContainingSymbol(service).build())
            .getFileDescriptorResponse()
            .getFileDescriptorProtoList()) {
      FileDescriptorProto proto = FileDescriptorProto.parseFrom(file);
      files.put(proto.getName(), proto);
    }
    for (FileDescriptorProto file : List.copyOf(files.values())) {
      for (ServiceDescriptor found : build(file.getName()).getServices()) {
        if (found.getFullName().equals(service)) {
          services.put(service, found);
        }
      }
    }
  }

  private FileDescriptor build(String name) throws Exception {
    FileDescriptor known = built.get(name);
    if (known != null) {
      return known;
    }
    if (!files.containsKey(name)) {
      FileDescriptorProto proto =
          FileDescriptorProto.parseFrom(
              ask(ServerReflectionRequest.newBuilder().setFileByFilename(name).build())
                  .getFileDescriptorResponse()
                  .getFileDescriptorProto(0));
      files.put(name, proto);
    }
    FileDescriptorProto proto = Objects.requireNonNull(files.get(name));
    FileDescriptor[] dependencies = new FileDescriptor[proto.getDependencyCount()];
    for (int i = 0; i < dependencies.length; i++) {
      dependencies[i] = build(proto.getDependency(i));
    }
    try {
      FileDescriptor made = FileDescriptor.buildFrom(proto, dependencies);
      built.put(name, made);
      return made;
    } catch (DescriptorValidationException e) {
      throw new AssertionError("the schema that the server shows is wrong: " + name, e);
    }
  }

  private ServerReflectionResponse ask(ServerReflectionRequest request) throws Exception {
    CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> requests =
        ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answer.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    requests.onNext(request);
    requests.onCompleted();
    return answer.get(20, TimeUnit.SECONDS);
  }
}
