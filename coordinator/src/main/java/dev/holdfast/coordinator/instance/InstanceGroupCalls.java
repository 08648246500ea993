package dev.holdfast.coordinator.instance;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.admin.Filters;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.admin.GroupForm;
import dev.holdfast.coordinator.admin.Pages;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.association.AssociationDesk;
import dev.holdfast.coordinator.store.InstanceGroups;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.CreateInstanceGroupRequest;
import dev.holdfast.wire.v1.CreateInstanceGroupResponse;
import dev.holdfast.wire.v1.DeleteInstanceGroupRequest;
import dev.holdfast.wire.v1.DeleteInstanceGroupResponse;
import dev.holdfast.wire.v1.InstanceGroup;
import dev.holdfast.wire.v1.ListInstanceGroupsRequest;
import dev.holdfast.wire.v1.ListInstanceGroupsResponse;
import dev.holdfast.wire.v1.UpdateInstanceGroupRequest;
import dev.holdfast.wire.v1.UpdateInstanceGroupResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Stored queries over instances, which associations take as targets. */
final class InstanceGroupCalls {
  private final AssociationDesk desk;

  InstanceGroupCalls(AssociationDesk desk) {
    this.desk = desk;
  }

  Calls.Done<CreateInstanceGroupResponse> create(Write write, CreateInstanceGroupRequest request) {
    InstanceGroup group = GroupForm.normal(request.getName(), request.getFiltersList());
    GroupForm.check(group);
    if (InstanceGroups.find(write.read(), group.getName()).isPresent()) {
      throw new Refusal(
          "ResourceGroupAlreadyExists",
          "there is an instance group '"
              + group.getName()
              + "' already; change it with UpdateInstanceGroup",
          List.of(new Refusal.Finding("name", "is taken")));
    }
    if (InstanceGroups.count(write.read()) >= Limits.MAX_INSTANCE_GROUPS) {
      throw new Refusal(
          "ResourceGroupLimitExceeded",
          "there are " + Limits.MAX_INSTANCE_GROUPS + " instance groups; no more are allowed");
    }
    InstanceGroups.put(write, group.getName(), group.toByteArray());
    write.append("InstanceGroupCreated", List.of(group.getName()), Map.of());
    desk.groupChanged(write, group.getName(), 0);
    return new Calls.Done<>(
        CreateInstanceGroupResponse.newBuilder()
            .setInstanceGroup(shown(write.read(), group.getName()))
            .setInstanceCount(desk.inGroup(write, group.getName()))
            .build(),
        List.of(group.getName()));
  }

  Calls.Done<UpdateInstanceGroupResponse> update(Write write, UpdateInstanceGroupRequest request) {
    InstanceGroups.Group before = required(write.read(), request.getName());
    InstanceGroup group = GroupForm.normal(request.getName(), request.getFiltersList());
    GroupForm.check(group);
    boolean changed = !group.equals(GroupForm.read(before.content()));
    if (changed) {
      InstanceGroups.put(write, group.getName(), group.toByteArray());
      write.append("InstanceGroupUpdated", List.of(group.getName()), Map.of());
      desk.groupChanged(write, group.getName(), request.getAcknowledgeTargets());
    }
    return new Calls.Done<>(
        UpdateInstanceGroupResponse.newBuilder()
            .setInstanceGroup(shown(write.read(), group.getName()))
            .setChanged(changed)
            .setInstanceCount(desk.inGroup(write, group.getName()))
            .build(),
        List.of(group.getName()));
  }

  Calls.Done<DeleteInstanceGroupResponse> delete(Write write, DeleteInstanceGroupRequest request) {
    InstanceGroups.Group group = required(write.read(), request.getName());
    List<String> using = desk.associationsTargeting(write, group.name());
    if (!using.isEmpty()) {
      throw new Refusal(
          "AssociatedInstances",
          "the instance group is a target of "
              + String.join(", ", using)
              + "; delete these or change their targets first");
    }
    InstanceGroups.delete(write, group.name());
    write.append("InstanceGroupDeleted", List.of(group.name()), Map.of());
    desk.groupChanged(write, group.name(), 0);
    return new Calls.Done<>(
        DeleteInstanceGroupResponse.getDefaultInstance(), List.of(group.name()));
  }

  ListInstanceGroupsResponse list(Read read, ListInstanceGroupsRequest request) {
    Filters filters = Filters.of(request.getFiltersList(), Set.of("Name"));
    if (!request.getName().isEmpty()) {
      var _ = required(read, request.getName());
    }
    Pages.Page<InstanceGroup> page =
        Pages.of(
            request.getPageSize(),
            request.getPageToken(),
            (after, atMost) -> groups(read, request.getName(), after, atMost),
            InstanceGroups.Group::name,
            row ->
                filters.hold(_ -> row.name()) ? Optional.of(shown(read, row)) : Optional.empty());
    return ListInstanceGroupsResponse.newBuilder()
        .addAllInstanceGroups(page.items())
        .setNextPageToken(page.next())
        .build();
  }

  private static List<InstanceGroups.Group> groups(
      Read read, String name, String after, int atMost) {
    if (name.isEmpty()) {
      return InstanceGroups.list(read, after, atMost);
    }
    return name.compareTo(after) > 0
        ? InstanceGroups.find(read, name).stream().toList()
        : List.of();
  }

  private static InstanceGroups.Group required(Read read, String name) {
    return InstanceGroups.find(read, name)
        .orElseThrow(
            () ->
                new Refusal(
                    "ResourceGroupDoesNotExist",
                    "there is no instance group '" + Findings.printable(name) + "'",
                    List.of(new Refusal.Finding("name", "is no instance group"))));
  }

  private static InstanceGroup shown(Read read, String name) {
    return shown(read, InstanceGroups.find(read, name).orElseThrow());
  }

  private static InstanceGroup shown(Read read, InstanceGroups.Group row) {
    InstanceGroup.Builder group = GroupForm.read(row.content()).toBuilder();
    if (!read.sight().isAll()) {
      group
          .getFiltersBuilderList()
          .forEach(
              filter -> {
                List<String> seen =
                    filter.getValuesList().stream()
                        .filter(one -> !InstanceId.isValid(one) || read.sees(new InstanceId(one)))
                        .toList();
                filter.clearValues().addAllValues(seen);
              });
    }
    return group
        .setCreateDate(Times.toProto(row.created()))
        .setLastModifiedDate(Times.toProto(row.updated()))
        .build();
  }
}
