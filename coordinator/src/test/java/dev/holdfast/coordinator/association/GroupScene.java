package dev.holdfast.coordinator.association;

import com.google.protobuf.FieldMask;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.wire.v1.AddTagsToResourceRequest;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationDescription;
import dev.holdfast.wire.v1.CreateInstanceGroupRequest;
import dev.holdfast.wire.v1.CreateInstanceGroupResponse;
import dev.holdfast.wire.v1.DeleteInstanceGroupRequest;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.FilterOperator;
import dev.holdfast.wire.v1.RemoveTagsFromResourceRequest;
import dev.holdfast.wire.v1.ResourceType;
import dev.holdfast.wire.v1.Target;
import dev.holdfast.wire.v1.UpdateAssociationRequest;
import dev.holdfast.wire.v1.UpdateInstanceGroupRequest;
import dev.holdfast.wire.v1.UpdateInstanceGroupResponse;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Calls around groups and targets, in few words. */
final class GroupScene {
  static final FilterOperator NOT = FilterOperator.FILTER_OPERATOR_NOT_EQUAL;
  static final FilterOperator BEGINS = FilterOperator.FILTER_OPERATOR_BEGIN_WITH;
  static final FilterOperator EXISTS = FilterOperator.FILTER_OPERATOR_EXISTS;

  private final Fleet fleet;

  GroupScene(Fleet fleet) {
    this.fleet = fleet;
  }

  static Filter filter(String key, String... values) {
    return Filter.newBuilder().setKey(key).addAllValues(List.of(values)).build();
  }

  static Filter filter(String key, FilterOperator operator, String... values) {
    return filter(key, values).toBuilder().setOperator(operator).build();
  }

  static Target target(String key, String... values) {
    return Target.newBuilder().setKey(key).addAllValues(List.of(values)).build();
  }

  static Target inGroup(String... names) {
    return target("resource-groups:Name", names);
  }

  static CreateInstanceGroupRequest creation(String name, Filter... filters) {
    return CreateInstanceGroupRequest.newBuilder()
        .setName(name)
        .addAllFilters(List.of(filters))
        .build();
  }

  CreateInstanceGroupResponse create(String name, Filter... filters) {
    return fleet.call(fleet.instances::createInstanceGroup, creation(name, filters));
  }

  static UpdateInstanceGroupRequest edit(String name, int acknowledged, Filter... filters) {
    return UpdateInstanceGroupRequest.newBuilder()
        .setName(name)
        .addAllFilters(List.of(filters))
        .setAcknowledgeTargets(acknowledged)
        .build();
  }

  UpdateInstanceGroupResponse update(String name, Filter... filters) {
    return fleet.call(fleet.instances::updateInstanceGroup, edit(name, 100_000, filters));
  }

  static DeleteInstanceGroupRequest deletion(String name) {
    return DeleteInstanceGroupRequest.newBuilder().setName(name).build();
  }

  AssociationDescription associate(String name, Target... targets) {
    return associate(name, b -> b, targets);
  }

  AssociationDescription associate(
      String name, UnaryOperator<Association.Builder> more, Target... targets) {
    return fleet.create(
        more.apply(
                Association.newBuilder()
                    .setName("say-it")
                    .setAssociationName(name)
                    .addAllTargets(List.of(targets)))
            .build());
  }

  static UpdateAssociationRequest retarget(
      String association, int acknowledged, Target... targets) {
    return UpdateAssociationRequest.newBuilder()
        .setAssociationId(association)
        .setAcknowledgeTargets(acknowledged)
        .setAssociation(Association.newBuilder().addAllTargets(List.of(targets)))
        .setUpdateMask(FieldMask.newBuilder().addPaths("targets"))
        .build();
  }

  static AddTagsToResourceRequest tags(InstanceId instance, Map<String, String> tags) {
    return AddTagsToResourceRequest.newBuilder()
        .setResourceType(ResourceType.RESOURCE_TYPE_MANAGED_INSTANCE)
        .setResourceId(instance.value())
        .putAllTags(tags)
        .build();
  }

  void tag(InstanceId instance, String key, String value) {
    fleet.call(fleet.instances::addTagsToResource, tags(instance, Map.of(key, value)));
  }

  void untag(InstanceId instance, String key) {
    fleet.call(
        fleet.instances::removeTagsFromResource,
        RemoveTagsFromResourceRequest.newBuilder()
            .setResourceType(ResourceType.RESOURCE_TYPE_MANAGED_INSTANCE)
            .setResourceId(instance.value())
            .addTagKeys(key)
            .build());
  }

  /** The agent's hello. */
  void says(InstanceId instance, String platformType, String name, String version) {
    fleet.store.write(
        write -> {
          Instances.heard(
              write,
              instance,
              new Instances.Host("1.0", platformType, name, version, "host", "10.0.0.1", "b"),
              0);
          fleet.desk.platformChanged(write, instance);
          return true;
        });
  }

  List<String> triggers(String association) {
    return fleet.executions(association).stream()
        .map(
            execution ->
                execution.getTrigger().replaceAll(":.*", "") + " " + execution.getTargetCount())
        .toList();
  }
}
