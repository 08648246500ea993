package dev.holdfast.demo;

import com.google.protobuf.Struct;
import dev.holdfast.wire.v1.ActivationServiceGrpc;
import dev.holdfast.wire.v1.AddTagsToResourceRequest;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.AssociationServiceGrpc;
import dev.holdfast.wire.v1.CreateActivationRequest;
import dev.holdfast.wire.v1.CreateActivationResponse;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DescribeAssociationExecutionsRequest;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import dev.holdfast.wire.v1.InstanceServiceGrpc;
import dev.holdfast.wire.v1.ResourceType;
import dev.holdfast.wire.v1.Target;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The calls of the demo, over one connection. Every method waits for the answer. */
final class Admin implements AutoCloseable {
  private final ManagedChannel channel;

  private Admin(ManagedChannel channel) {
    this.channel = channel;
  }

  /**
   * Connects.
   *
   * @param address {@code host:port} of the admin port
   * @param authority the coordinator's {@code ca.pem}
   * @param tokenFile the token alone
   */
  static Admin connect(String address, Path authority, Path tokenFile) throws IOException {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
        "Bearer " + Files.readString(tokenFile).strip());
    return new Admin(
        NettyChannelBuilder.forTarget(address)
            .sslContext(
                GrpcSslContexts.forClient()
                    .trustManager(authority.toFile())
                    .protocols("TLSv1.3")
                    .build())
            .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
            .build());
  }

  CreateActivationResponse createActivation(String description) {
    return ActivationServiceGrpc.newBlockingStub(channel)
        .createActivation(CreateActivationRequest.newBuilder().setDescription(description).build());
  }

  void tag(String instance, String key, String value) {
    InstanceServiceGrpc.newBlockingStub(channel)
        .addTagsToResource(
            AddTagsToResourceRequest.newBuilder()
                .setResourceType(ResourceType.RESOURCE_TYPE_MANAGED_INSTANCE)
                .setResourceId(instance)
                .putAllTags(Map.of(key, value))
                .build());
  }

  void createDocument(String name, String content) {
    DocumentServiceGrpc.newBlockingStub(channel)
        .createDocument(
            CreateDocumentRequest.newBuilder().setName(name).setContent(content).build());
  }

  /**
   * Associates a document with the instances that have a tag.
   *
   * @return the association's id
   */
  String associate(String name, String document, String tag, String value, String schedule) {
    return AssociationServiceGrpc.newBlockingStub(channel)
        .createAssociation(
            CreateAssociationRequest.newBuilder()
                .setAssociation(
                    Association.newBuilder()
                        .setName(document)
                        .setAssociationName(name)
                        .setParameters(Struct.getDefaultInstance())
                        .addTargets(
                            Target.newBuilder().setKey("tag:" + tag).addValues(value).build())
                        .setScheduleExpression(schedule)
                        .build())
                .build())
        .getAssociationDescription()
        .getAssociationId();
  }

  /** The newest execution of an association; empty if there is none. */
  Optional<AssociationExecution> newestExecution(String association) {
    return AssociationServiceGrpc.newBlockingStub(channel)
        .describeAssociationExecutions(
            DescribeAssociationExecutionsRequest.newBuilder()
                .setAssociationId(association)
                .setPageSize(1)
                .build())
        .getAssociationExecutionsList()
        .stream()
        .findFirst();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
