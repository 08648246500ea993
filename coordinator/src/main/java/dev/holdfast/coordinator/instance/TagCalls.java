package dev.holdfast.coordinator.instance;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Consequences;
import dev.holdfast.coordinator.admin.DocumentForm;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.admin.InstanceForm;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.association.AssociationTags;
import dev.holdfast.coordinator.store.Documents;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.wire.v1.ResourceType;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Tags of instances, documents and associations. */
final class TagCalls {
  private final Consequences consequences;
  private final AssociationTags associations;

  TagCalls(Consequences consequences, AssociationTags associations) {
    this.consequences = consequences;
    this.associations = associations;
  }

  /** The tags of a resource. */
  Map<String, String> list(Read read, ResourceType type, String id) {
    return switch (type) {
      case RESOURCE_TYPE_MANAGED_INSTANCE ->
          Instances.tags(read, InstanceForm.required(read, id).id());
      case RESOURCE_TYPE_DOCUMENT -> DocumentForm.required(read, id).tags();
      case RESOURCE_TYPE_ASSOCIATION -> associations.of(read, id);
      case RESOURCE_TYPE_UNSPECIFIED, UNRECOGNIZED -> throw unknown();
    };
  }

  /** Sets some; the id of the resource. */
  String add(Write write, ResourceType type, String id, Map<String, String> given) {
    return edit(
        write,
        type,
        id,
        tags -> {
          Map<String, String> after = new TreeMap<>(tags);
          after.putAll(given);
          return after;
        });
  }

  /** Takes some away; the id of the resource. */
  String remove(Write write, ResourceType type, String id, List<String> keys) {
    Set<String> gone = new HashSet<>(keys);
    return edit(
        write,
        type,
        id,
        tags -> {
          Map<String, String> after = new TreeMap<>(tags);
          after.keySet().removeAll(gone);
          return after;
        });
  }

  private String edit(
      Write write, ResourceType type, String id, UnaryOperator<Map<String, String>> change) {
    Map<String, String> before = list(write.read(), type, id);
    Map<String, String> after = change.apply(before);
    Findings findings = new Findings();
    findings.tags("tags", after);
    findings.refuse("InvalidParameters");
    if (after.equals(before)) {
      return type == ResourceType.RESOURCE_TYPE_ASSOCIATION
          ? associations.id(write.read(), id)
          : id;
    }
    return switch (type) {
      case RESOURCE_TYPE_MANAGED_INSTANCE -> {
        InstanceId instance = new InstanceId(id);
        Instances.removeTags(
            write, instance, before.keySet().stream().filter(k -> !after.containsKey(k)).toList());
        Map<String, String> others = new TreeMap<>(after);
        others.entrySet().removeAll(before.entrySet());
        Instances.setTags(write, instance, others);
        write.append("InstanceTagged", List.of(id), Map.of());
        consequences.instanceChanged(write, instance);
        yield id;
      }
      case RESOURCE_TYPE_DOCUMENT -> {
        if (!write.sight().isAll()) {
          throw new Refusal("AccessDenied", "a document is the same for all instances");
        }
        Documents.setTags(write, id, after);
        write.append("DocumentTagged", List.of(id), Map.of());
        yield id;
      }
      case RESOURCE_TYPE_ASSOCIATION -> associations.set(write, id, after);
      case RESOURCE_TYPE_UNSPECIFIED, UNRECOGNIZED -> throw unknown();
    };
  }

  private static Refusal unknown() {
    String allowed =
        "allowed are RESOURCE_TYPE_MANAGED_INSTANCE, RESOURCE_TYPE_DOCUMENT and"
            + " RESOURCE_TYPE_ASSOCIATION";
    return new Refusal(
        "InvalidResourceType",
        "the resource_type is not known; " + allowed,
        List.of(new Refusal.Finding("resource_type", allowed)));
  }
}
