package dev.holdfast.coordinator.admin;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.report.RunStatus;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.AddTagsToResourceRequest;
import dev.holdfast.wire.v1.AddTagsToResourceResponse;
import dev.holdfast.wire.v1.Condition;
import dev.holdfast.wire.v1.DeregisterManagedInstanceRequest;
import dev.holdfast.wire.v1.DeregisterManagedInstanceResponse;
import dev.holdfast.wire.v1.DescribeInstanceInformationRequest;
import dev.holdfast.wire.v1.DescribeInstanceInformationResponse;
import dev.holdfast.wire.v1.DescribeInstanceRequest;
import dev.holdfast.wire.v1.DescribeInstanceResponse;
import dev.holdfast.wire.v1.InstanceInformation;
import dev.holdfast.wire.v1.InstanceServiceGrpc;
import dev.holdfast.wire.v1.ListTagsForResourceRequest;
import dev.holdfast.wire.v1.ListTagsForResourceResponse;
import dev.holdfast.wire.v1.PlatformType;
import dev.holdfast.wire.v1.RemoveTagsFromResourceRequest;
import dev.holdfast.wire.v1.RemoveTagsFromResourceResponse;
import dev.holdfast.wire.v1.ResourceType;
import io.grpc.stub.StreamObserver;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Instances and their tags. */
public final class GrpcInstances extends InstanceServiceGrpc.InstanceServiceImplBase {
  /** A clock that is off by more is shown as a condition. */
  static final long CLOCK_SKEW_MILLIS = 60_000;

  private static final Set<String> FILTERS =
      Set.of(
          "InstanceIds",
          "PingStatus",
          "PlatformTypes",
          "ActivationIds",
          "AgentVersion",
          "tag-key",
          "tag:");

  private final Calls calls;
  private final Consequences consequences;
  private final Presences presences;

  /** Over the store behind the calls. */
  public GrpcInstances(Calls calls, Consequences consequences, Presences presences) {
    this.calls = calls;
    this.consequences = consequences;
    this.presences = presences;
  }

  @Override
  public void describeInstanceInformation(
      DescribeInstanceInformationRequest request,
      StreamObserver<DescribeInstanceInformationResponse> answer) {
    calls.query(
        answer,
        read -> {
          Filters filters = Filters.of(request.getFiltersList(), FILTERS);
          Pages.Page<InstanceInformation> page =
              Pages.of(
                  request.getPageSize(),
                  request.getPageToken(),
                  (after, atMost) -> Instances.list(read, after, atMost),
                  row -> row.id().value(),
                  row -> {
                    InstanceInformation information = toProto(read, row);
                    return filters.holdAny(key -> values(key, information))
                        ? Optional.of(information)
                        : Optional.empty();
                  });
          return DescribeInstanceInformationResponse.newBuilder()
              .addAllInstanceInformationList(page.items())
              .setNextPageToken(page.next())
              .build();
        });
  }

  @Override
  public void describeInstance(
      DescribeInstanceRequest request, StreamObserver<DescribeInstanceResponse> answer) {
    calls.query(
        answer,
        read ->
            DescribeInstanceResponse.newBuilder()
                .setInstance(toProto(read, required(read, request.getInstanceId())))
                .build());
  }

  @Override
  public void deregisterManagedInstance(
      DeregisterManagedInstanceRequest request,
      StreamObserver<DeregisterManagedInstanceResponse> answer) {
    calls.mutate(
        "DeregisterManagedInstance",
        request,
        answer,
        write -> {
          InstanceId id = required(write.read(), request.getInstanceId()).id();
          Instances.deregister(write, id);
          write.append("InstanceDeregistered", List.of(id.value()), Map.of());
          consequences.instanceChanged(write, id);
          return new Calls.Done<>(
              DeregisterManagedInstanceResponse.getDefaultInstance(), List.of(id.value()));
        });
  }

  @Override
  public void addTagsToResource(
      AddTagsToResourceRequest request, StreamObserver<AddTagsToResourceResponse> answer) {
    calls.mutate(
        "AddTagsToResource",
        request,
        answer,
        write -> {
          InstanceId id = resource(write, request.getResourceType(), request.getResourceId());
          Map<String, String> tags = new TreeMap<>(Instances.tags(write.read(), id));
          tags.putAll(request.getTagsMap());
          Findings findings = new Findings();
          findings.tags("tags", tags);
          findings.refuse("InvalidParameters");
          Instances.setTags(write, id, request.getTagsMap());
          tagged(write, id);
          return new Calls.Done<>(
              AddTagsToResourceResponse.getDefaultInstance(), List.of(id.value()));
        });
  }

  @Override
  public void removeTagsFromResource(
      RemoveTagsFromResourceRequest request,
      StreamObserver<RemoveTagsFromResourceResponse> answer) {
    calls.mutate(
        "RemoveTagsFromResource",
        request,
        answer,
        write -> {
          InstanceId id = resource(write, request.getResourceType(), request.getResourceId());
          Instances.removeTags(write, id, request.getTagKeysList());
          tagged(write, id);
          return new Calls.Done<>(
              RemoveTagsFromResourceResponse.getDefaultInstance(), List.of(id.value()));
        });
  }

  @Override
  public void listTagsForResource(
      ListTagsForResourceRequest request, StreamObserver<ListTagsForResourceResponse> answer) {
    calls.query(
        answer,
        read -> {
          instanceOnly(request.getResourceType());
          InstanceId id = required(read, request.getResourceId()).id();
          return ListTagsForResourceResponse.newBuilder()
              .putAllTags(Instances.tags(read, id))
              .build();
        });
  }

  private void tagged(Write write, InstanceId id) {
    write.append("InstanceTagged", List.of(id.value()), Map.of());
    consequences.instanceChanged(write, id);
  }

  private static InstanceId resource(Write write, ResourceType type, String id) {
    instanceOnly(type);
    return required(write.read(), id).id();
  }

  private static void instanceOnly(ResourceType type) {
    if (type != ResourceType.RESOURCE_TYPE_MANAGED_INSTANCE) {
      throw new Refusal(
          "InvalidResourceType",
          "only instances can be tagged",
          List.of(
              new Refusal.Finding("resource_type", "allowed is RESOURCE_TYPE_MANAGED_INSTANCE")));
    }
  }

  /** The instance with an id, if it is registered, or a refusal. */
  public static Instances.Instance required(Read read, String id) {
    return Optional.of(id)
        .filter(InstanceId::isValid)
        .flatMap(valid -> Instances.find(read, new InstanceId(valid)))
        .filter(row -> row.state().equals(Instances.ACTIVE))
        .orElseThrow(
            () ->
                new Refusal(
                    "InvalidInstanceId", "there is no instance '" + Findings.printable(id) + "'"));
  }

  private InstanceInformation toProto(Read read, Instances.Instance row) {
    Map<RunStatus, Integer> counts = Runs.currentByStatus(read, row.id());
    InstanceInformation.Builder information =
        InstanceInformation.newBuilder()
            .setInstanceId(row.id().value())
            .setPingStatus(presences.of(row))
            .setAgentVersion(row.host().agentVersion())
            .setPlatformType(platform(row.host().platformType()))
            .setPlatformName(row.host().platformName())
            .setPlatformVersion(row.host().platformVersion())
            .setActivationId(row.activationId())
            .setRegistrationDate(Times.toProto(row.registered()))
            .setName(row.name())
            .setIpAddress(row.host().ipAddress())
            .setComputerName(row.host().computerName())
            .putAllTags(Instances.tags(read, row.id()));
    row.lastSeen().ifPresent(seen -> information.setLastPingDateTime(Times.toProto(seen)));
    if (!counts.isEmpty()) {
      information.setAssociationStatus(summary(counts));
      counts.forEach((status, count) -> information.putAssociationOverview(status.text(), count));
    }
    if (Math.abs(row.clockOffsetMillis()) > CLOCK_SKEW_MILLIS) {
      information.addConditions(
          Condition.newBuilder()
              .setCode("CLOCK_SKEW")
              .setMessage(
                  "its clock is "
                      + Math.abs(row.clockOffsetMillis()) / 1000
                      + " s "
                      + (row.clockOffsetMillis() > 0 ? "ahead" : "behind")));
    }
    return information.build();
  }

  /** Failed if any failed, else pending if any is, else success. */
  public static String summary(Map<RunStatus, Integer> counts) {
    if (counts.keySet().stream().anyMatch(RunStatus::error)) {
      return "Failed";
    }
    return counts.containsKey(RunStatus.PENDING) || counts.containsKey(RunStatus.IN_PROGRESS)
        ? "Pending"
        : "Success";
  }

  private static PlatformType platform(String type) {
    return switch (type) {
      case "Linux" -> PlatformType.PLATFORM_TYPE_LINUX;
      case "Windows" -> PlatformType.PLATFORM_TYPE_WINDOWS;
      case "MacOS" -> PlatformType.PLATFORM_TYPE_MACOS;
      default -> PlatformType.PLATFORM_TYPE_UNSPECIFIED;
    };
  }

  private static Collection<String> values(String key, InstanceInformation information) {
    return switch (key) {
      case "InstanceIds" -> List.of(information.getInstanceId());
      case "PingStatus" -> {
        String name = information.getPingStatus().name();
        yield List.of(name, camel(name.substring("PING_STATUS_".length())));
      }
      case "PlatformTypes" -> {
        String name = information.getPlatformType().name();
        yield List.of(name, camel(name.substring("PLATFORM_TYPE_".length())));
      }
      case "ActivationIds" -> List.of(information.getActivationId());
      case "AgentVersion" -> List.of(information.getAgentVersion());
      default -> Filters.tagValues(key, information.getTagsMap());
    };
  }

  private static String camel(String name) {
    StringBuilder text = new StringBuilder();
    for (String word : name.split("_")) {
      text.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return text.toString();
  }
}
