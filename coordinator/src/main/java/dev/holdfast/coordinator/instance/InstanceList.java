package dev.holdfast.coordinator.instance;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Filters;
import dev.holdfast.coordinator.admin.GroupForm;
import dev.holdfast.coordinator.admin.InstanceForm;
import dev.holdfast.coordinator.admin.Pages;
import dev.holdfast.coordinator.admin.Presences;
import dev.holdfast.coordinator.store.Identities;
import dev.holdfast.coordinator.store.InstanceState;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Standings;
import dev.holdfast.coordinator.targeting.Condition;
import dev.holdfast.coordinator.targeting.Groups;
import dev.holdfast.coordinator.targeting.Matcher;
import dev.holdfast.coordinator.targeting.Query;
import dev.holdfast.coordinator.targeting.Subject;
import dev.holdfast.coordinator.targeting.TargetKeys;
import dev.holdfast.report.RunStatus;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.DescribeInstanceInformationRequest;
import dev.holdfast.wire.v1.DescribeInstanceInformationResponse;
import dev.holdfast.wire.v1.InstanceInformation;
import dev.holdfast.wire.v1.PlatformType;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Instances as callers see them, one and in pages (spec.md 8.5). */
final class InstanceList {
  /** A clock that is off by more is shown as a condition. */
  static final long CLOCK_SKEW_MILLIS = 60_000;

  private static final String STATUS = "AssociationStatus";

  private static final Set<String> FILTERS =
      Set.of(
          TargetKeys.INSTANCE_IDS,
          "PingStatus",
          TargetKeys.PLATFORM_TYPES,
          TargetKeys.PLATFORM_NAME,
          TargetKeys.PLATFORM_VERSION,
          "ActivationIds",
          "AgentVersion",
          "Name",
          "ComputerName",
          STATUS,
          "ResourceType",
          "State",
          TargetKeys.GROUP,
          TargetKeys.TAG_KEY,
          TargetKeys.TAG);

  private final Presences presences;

  InstanceList(Presences presences) {
    this.presences = presences;
  }

  private record Listed(Instances.Instance row, Map<String, String> tags) {}

  /** A page of those that are registered, in the order of their ids. */
  DescribeInstanceInformationResponse page(Read read, DescribeInstanceInformationRequest request) {
    Filters filters = Filters.of(request.getFiltersList(), FILTERS);
    filters.wholeOnly(TargetKeys.GROUP);
    Groups groups = kept(GroupForm.groups(read));
    Pages.Page<InstanceInformation> page =
        Pages.of(
            request.getPageSize(),
            request.getPageToken(),
            (after, atMost) -> withTags(read, source(read, filters, after, atMost)),
            listed -> listed.row.id().value(),
            listed -> {
              InstanceInformation.Builder information = of(read, listed);
              if (!filters.holdAny(
                  key -> !key.equals(STATUS),
                  key -> values(key, listed, information, filters, groups))) {
                return Optional.empty();
              }
              overview(information, Standings.currentByStatus(read, listed.row.id()));
              return filters.holdAny(
                      STATUS::equals, _ -> List.of(information.getAssociationStatus()))
                  ? Optional.of(information.build())
                  : Optional.empty();
            });
    return DescribeInstanceInformationResponse.newBuilder()
        .addAllInstanceInformationList(page.items())
        .setNextPageToken(page.next())
        .build();
  }

  /** One. */
  InstanceInformation one(Read read, Instances.Instance row) {
    InstanceInformation.Builder information =
        of(read, new Listed(row, Instances.tags(read, row.id())));
    overview(information, Standings.currentByStatus(read, row.id()));
    return information.build();
  }

  /** Those that can be found without looking at all; the filters decide among them. */
  private static List<Instances.Instance> source(
      Read read, Filters filters, String after, int atMost) {
    List<String> ids = filters.equal(TargetKeys.INSTANCE_IDS);
    if (!ids.isEmpty()) {
      return new TreeSet<>(ids)
          .stream()
              .filter(id -> id.compareTo(after) > 0 && InstanceId.isValid(id))
              .flatMap(id -> Instances.registered(read, new InstanceId(id)).stream())
              .limit(atMost)
              .toList();
    }
    Optional<String> tag = filters.firstEqual(TargetKeys::isTag);
    return tag.isPresent()
        ? Instances.tagged(
            read,
            tag.get().substring(TargetKeys.TAG.length()),
            filters.equal(tag.get()),
            after,
            atMost)
        : Instances.list(read, after, atMost);
  }

  private static List<Listed> withTags(Read read, List<Instances.Instance> rows) {
    Map<InstanceId, Map<String, String>> tags =
        Instances.tags(read, rows.stream().map(Instances.Instance::id).toList());
    return rows.stream()
        .map(row -> new Listed(row, tags.getOrDefault(row.id(), Map.of())))
        .toList();
  }

  private static Groups kept(Groups groups) {
    Map<String, Optional<Query>> known = new HashMap<>();
    return name -> known.computeIfAbsent(name, groups::query);
  }

  private InstanceInformation.Builder of(Read read, Listed listed) {
    Instances.Instance row = listed.row;
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
            .setState(IdentityConditions.toProto(row.state()))
            .putAllTags(listed.tags);
    if (row.state() != InstanceState.ACTIVE) {
      Identities.find(read, row.id())
          .flatMap(identity -> IdentityConditions.of(read, identity))
          .ifPresent(information::addConditions);
    }
    row.lastSeen().ifPresent(seen -> information.setLastPingDateTime(Times.toProto(seen)));
    if (Math.abs(row.clockOffsetMillis()) > CLOCK_SKEW_MILLIS) {
      information.addConditions(
          dev.holdfast.wire.v1.Condition.newBuilder()
              .setCode("CLOCK_SKEW")
              .setMessage(
                  "its clock is "
                      + Math.abs(row.clockOffsetMillis()) / 1000
                      + " s "
                      + (row.clockOffsetMillis() > 0 ? "ahead" : "behind")));
    }
    presences
        .concerns(row.id())
        .forEach(
            concern ->
                information.addConditions(
                    dev.holdfast.wire.v1.Condition.newBuilder()
                        .setCode(concern.code())
                        .setMessage(concern.message())
                        .setSince(Times.toProto(concern.since()))));
    return information;
  }

  private static void overview(
      InstanceInformation.Builder information, Map<RunStatus, Integer> counts) {
    if (!counts.isEmpty()) {
      information.setAssociationStatus(InstanceForm.summary(counts));
      counts.forEach((status, count) -> information.putAssociationOverview(status.text(), count));
    }
  }

  private static PlatformType platform(String type) {
    return switch (type) {
      case "Linux" -> PlatformType.PLATFORM_TYPE_LINUX;
      case "Windows" -> PlatformType.PLATFORM_TYPE_WINDOWS;
      case "MacOS" -> PlatformType.PLATFORM_TYPE_MACOS;
      default -> PlatformType.PLATFORM_TYPE_UNSPECIFIED;
    };
  }

  private static Collection<String> values(
      String key,
      Listed listed,
      InstanceInformation.Builder information,
      Filters filters,
      Groups groups) {
    return switch (key) {
      case TargetKeys.INSTANCE_IDS -> List.of(information.getInstanceId());
      case "PingStatus" -> {
        String name = information.getPingStatus().name();
        yield List.of(name, camel(name.substring("PING_STATUS_".length())));
      }
      case TargetKeys.PLATFORM_TYPES ->
          List.of(information.getPlatformType().name(), listed.row.host().platformType());
      case TargetKeys.PLATFORM_NAME -> List.of(information.getPlatformName());
      case TargetKeys.PLATFORM_VERSION -> List.of(information.getPlatformVersion());
      case "ActivationIds" -> List.of(information.getActivationId());
      case "AgentVersion" -> List.of(information.getAgentVersion());
      case "Name" -> List.of(information.getName());
      case "ComputerName" -> List.of(information.getComputerName());
      case "State" -> List.of(listed.row.state().name());
      case "ResourceType" -> List.of(InstanceForm.RESOURCE_TYPE);
      case TargetKeys.GROUP -> {
        Subject subject = subject(listed);
        yield filters.asked(TargetKeys.GROUP).stream()
            .filter(
                name ->
                    Matcher.matches(
                        new Query(List.of(new Condition.InGroup(Set.of(name)))), subject, groups))
            .toList();
      }
      default -> Filters.tagValues(key, listed.tags);
    };
  }

  private static Subject subject(Listed listed) {
    Instances.Host host = listed.row.host();
    return new Subject(
        listed.row.id(),
        listed.tags,
        host.platformType(),
        host.platformName(),
        host.platformVersion());
  }

  private static String camel(String name) {
    StringBuilder text = new StringBuilder();
    for (String word : name.split("_")) {
      text.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return text.toString();
  }
}
