package dev.holdfast.coordinator.association;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.FieldMask;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.coordinator.admin.DocumentForm;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.coordinator.targeting.Condition;
import dev.holdfast.coordinator.targeting.Query;
import dev.holdfast.coordinator.targeting.Target;
import dev.holdfast.coordinator.targeting.TargetKeys;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationMode;
import dev.holdfast.wire.v1.OfflinePolicy;
import dev.holdfast.wire.v1.OnInterrupt;
import dev.holdfast.wire.v1.SyncCompliance;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * An association as somebody writes it, in the one form in which it is stored: every default is
 * spelled out, so that what means the same is the same.
 */
final class AssociationForm {
  private AssociationForm() {}

  /** The stored form of what somebody wrote. */
  static Association normal(Association written) {
    Association.Builder form = written.toBuilder();
    if (form.getDocumentVersion().isEmpty()) {
      form.setDocumentVersion(DocumentForm.DEFAULT);
    }
    if (form.getMode() == AssociationMode.ASSOCIATION_MODE_UNSPECIFIED) {
      form.setMode(AssociationMode.ASSOCIATION_MODE_ENFORCE);
    }
    if (form.getOfflinePolicy() == OfflinePolicy.OFFLINE_POLICY_UNSPECIFIED) {
      form.setOfflinePolicy(OfflinePolicy.OFFLINE_POLICY_WAIT);
    }
    if (form.getOnInterrupt() == OnInterrupt.ON_INTERRUPT_UNSPECIFIED) {
      form.setOnInterrupt(OnInterrupt.ON_INTERRUPT_REPORT);
    }
    if (form.getSyncCompliance() == SyncCompliance.SYNC_COMPLIANCE_UNSPECIFIED) {
      form.setSyncCompliance(SyncCompliance.SYNC_COMPLIANCE_AUTO);
    }
    if (!form.hasEnabled()) {
      form.setEnabled(true);
    }
    if (form.hasParameters() && form.getParameters().getFieldsCount() == 0) {
      form.clearParameters();
    }
    if (!form.getInstanceId().isEmpty() && form.getTargetsCount() == 0) {
      form.addTargets(
          dev.holdfast.wire.v1.Target.newBuilder()
              .setKey(TargetKeys.INSTANCE_IDS)
              .addValues(form.getInstanceId()));
      form.clearInstanceId();
    }
    AssociationScope.normal(form);
    return form.build();
  }

  /**
   * What an edit makes of an association, in its stored form: the fields that the mask names are
   * taken from what was written, unset ones at their default; lists and maps whole. A mask that
   * names no field, or none of an association, is refused.
   */
  static Association edited(Association before, Association written, FieldMask mask) {
    Findings findings = new Findings();
    if (mask.getPathsCount() == 0) {
      findings.add("update_mask", "names no field; name those that are to change");
    }
    Association.Builder form = before.toBuilder();
    for (String path : mask.getPathsList()) {
      FieldDescriptor field = Association.getDescriptor().findFieldByName(path);
      if (field == null) {
        findings.add(
            "update_mask",
            "'" + Findings.printable(path) + "'; allowed are " + String.join(", ", fields()));
      } else if (field.isRepeated() || written.hasField(field) || !field.hasPresence()) {
        form.setField(field, written.getField(field));
      } else {
        form.clearField(field);
      }
    }
    if (mask.getPathsList().contains("instance_id") && !written.getInstanceId().isEmpty()) {
      if (mask.getPathsList().contains("targets") && written.getTargetsCount() > 0) {
        findings.add("association.instance_id", "stands for a target; give one of the two");
      }
      form.clearTargets();
    }
    findings.refuse("ValidationError");
    return normal(form.build());
  }

  /** From the bytes in which a version is stored. */
  static Association read(com.google.protobuf.ByteString content) {
    try {
      return Association.parseFrom(content);
    } catch (InvalidProtocolBufferException e) {
      throw new StoreException("an association's version can't be read", e);
    }
  }

  /** Whom it names. */
  static List<Target> targets(Association content) {
    return content.getTargetsList().stream()
        .map(target -> new Target(target.getKey(), target.getValuesList()))
        .toList();
  }

  /** The same, as the index knows it. */
  static Query query(Association content) {
    Query targets = Query.of(targets(content));
    if (targets.all().isEmpty()) {
      return targets;
    }
    List<Condition> all = new ArrayList<>(targets.all());
    all.addAll(AssociationScope.conditions(content));
    return new Query(all);
  }

  /**
   * Whether changes and new members run by themselves: disabled, or told to wait for ticks, not.
   */
  static boolean startsByItself(Association content) {
    return content.getEnabled() && !content.getApplyOnlyAtCronInterval();
  }

  private static Set<String> fields() {
    Set<String> names = new TreeSet<>();
    Association.getDescriptor().getFields().forEach(field -> names.add(field.getName()));
    return names;
  }
}
