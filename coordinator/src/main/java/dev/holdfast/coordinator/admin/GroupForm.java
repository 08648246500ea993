package dev.holdfast.coordinator.admin;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.InstanceGroups;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.coordinator.targeting.Condition;
import dev.holdfast.coordinator.targeting.Field;
import dev.holdfast.coordinator.targeting.Groups;
import dev.holdfast.coordinator.targeting.Query;
import dev.holdfast.coordinator.targeting.TargetKeys;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.FilterOperator;
import dev.holdfast.wire.v1.InstanceGroup;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A group of instances as somebody writes it, in the one form in which it is stored. */
public final class GroupForm {
  private static final Map<String, String> PLATFORMS =
      Map.of(
          "PLATFORM_TYPE_LINUX", "Linux",
          "PLATFORM_TYPE_WINDOWS", "Windows",
          "PLATFORM_TYPE_MACOS", "MacOS");

  private GroupForm() {}

  /** The stored form of what somebody wrote: equal where it means the same in the same order. */
  public static InstanceGroup normal(String name, List<Filter> filters) {
    InstanceGroup.Builder form = InstanceGroup.newBuilder().setName(name);
    for (Filter filter : filters) {
      Filter.Builder normal = filter.toBuilder();
      if (normal.getOperator() == FilterOperator.FILTER_OPERATOR_UNSPECIFIED) {
        normal.setOperator(FilterOperator.FILTER_OPERATOR_EQUAL);
      }
      if (normal.getKey().equals(TargetKeys.PLATFORM_TYPES)) {
        normal.clearValues();
        filter
            .getValuesList()
            .forEach(value -> normal.addValues(PLATFORMS.getOrDefault(value, value)));
      }
      form.addFilters(normal);
    }
    return form.build();
  }

  /** Refuses one in its stored form that can't be, with everything that is wrong. */
  public static void check(InstanceGroup group) {
    Findings findings = new Findings();
    findings.name("name", group.getName());
    if (group.getFiltersCount() == 0 || group.getFiltersCount() > Limits.MAX_GROUP_FILTERS) {
      findings.add(
          "filters",
          group.getFiltersCount()
              + " filters; 1 to "
              + Limits.MAX_GROUP_FILTERS
              + " are allowed (InstanceIds with the value * is everybody)");
    }
    for (int i = 0; i < group.getFiltersCount(); i++) {
      check(group.getFilters(i), "filters[" + i + "]", findings);
    }
    findings.refuse("InvalidFilterKey");
  }

  private static void check(Filter filter, String path, Findings findings) {
    if (field(filter.getKey()).isEmpty()) {
      findings.add(
          path + ".key",
          "'"
              + Findings.printable(filter.getKey())
              + "'; allowed are InstanceIds, tag:KEY, tag-key, PlatformTypes, PlatformName and"
              + " PlatformVersion");
    }
    if (filter.getKey().length() > Limits.MAX_TARGET_KEY) {
      findings.add(
          path + ".key",
          "has "
              + filter.getKey().length()
              + " characters; at most "
              + Limits.MAX_TARGET_KEY
              + " are allowed");
    }
    boolean exists = filter.getOperator() == FilterOperator.FILTER_OPERATOR_EXISTS;
    int least = exists ? 0 : 1;
    int most = exists ? 0 : Limits.MAX_GROUP_VALUES;
    if (filter.getValuesCount() < least || filter.getValuesCount() > most) {
      findings.add(
          path + ".values",
          filter.getValuesCount()
              + " values; "
              + (exists ? "none are allowed with EXISTS" : least + " to " + most + " are allowed"));
    }
    switch (filter.getOperator()) {
      case FILTER_OPERATOR_UNSPECIFIED,
          FILTER_OPERATOR_EQUAL,
          FILTER_OPERATOR_NOT_EQUAL,
          FILTER_OPERATOR_BEGIN_WITH,
          FILTER_OPERATOR_EXISTS -> {
        // these can be answered
      }
      case FILTER_OPERATOR_LESS_THAN, FILTER_OPERATOR_GREATER_THAN, UNRECOGNIZED ->
          findings.add(path + ".operator", "allowed are EQUAL, NOT_EQUAL, BEGIN_WITH and EXISTS");
    }
    for (int i = 0; i < filter.getValuesCount(); i++) {
      value(filter, i, path + ".values[" + i + "]", findings);
    }
  }

  private static void value(Filter filter, int number, String path, Findings findings) {
    String value = filter.getValues(number);
    if (value.isEmpty() || value.length() > Limits.MAX_TARGET_VALUE) {
      findings.add(
          path,
          "has "
              + value.length()
              + " characters; 1 to "
              + Limits.MAX_TARGET_VALUE
              + " are allowed");
    }
    boolean whole = filter.getOperator() != FilterOperator.FILTER_OPERATOR_BEGIN_WITH;
    if (filter.getKey().equals(TargetKeys.INSTANCE_IDS) && whole) {
      boolean everybody =
          value.equals(TargetKeys.EVERY)
              && filter.getValuesCount() == 1
              && filter.getOperator() == FilterOperator.FILTER_OPERATOR_EQUAL;
      if (!everybody && !InstanceId.isValid(value)) {
        findings.add(
            path,
            "'"
                + Findings.printable(value)
                + "' is no instance id (mi- and 17 hex digits); '*' stands for all, alone and with"
                + " EQUAL");
      }
    }
    if (filter.getKey().equals(TargetKeys.PLATFORM_TYPES)
        && whole
        && !PLATFORMS.containsValue(value)) {
      findings.add(
          path, "'" + Findings.printable(value) + "'; allowed are Linux, Windows and MacOS");
    }
  }

  /** What it asks for. */
  public static Query query(InstanceGroup group) {
    List<Condition> all = new ArrayList<>();
    for (Filter filter : group.getFiltersList()) {
      Field field = field(filter.getKey()).orElseThrow();
      Set<String> values = new HashSet<>(filter.getValuesList());
      boolean everybody = field.equals(Field.ID) && values.contains(TargetKeys.EVERY);
      all.add(
          switch (filter.getOperator()) {
            case FILTER_OPERATOR_NOT_EQUAL -> new Condition.NoneOf(field, values);
            case FILTER_OPERATOR_BEGIN_WITH -> new Condition.BeginsWith(field, values);
            case FILTER_OPERATOR_EXISTS ->
                field.kind() == Field.Kind.TAG
                    ? new Condition.AnyOf(Field.TAG_KEY, Set.of(field.key()))
                    : new Condition.BeginsWith(field, Set.of(""));
            case FILTER_OPERATOR_UNSPECIFIED,
                FILTER_OPERATOR_EQUAL,
                FILTER_OPERATOR_LESS_THAN,
                FILTER_OPERATOR_GREATER_THAN,
                UNRECOGNIZED ->
                new Condition.AnyOf(everybody ? Field.EVERYBODY : field, values);
          });
    }
    return new Query(all);
  }

  /** From the bytes in which it is stored. */
  public static InstanceGroup read(ByteString content) {
    try {
      return InstanceGroup.parseFrom(content);
    } catch (InvalidProtocolBufferException e) {
      throw new StoreException("a group of instances can't be read", e);
    }
  }

  /** The groups as the rows have them. */
  public static Groups groups(Read read) {
    return name -> InstanceGroups.find(read, name).map(group -> query(read(group.content())));
  }

  private static Optional<Field> field(String key) {
    return switch (key) {
      case TargetKeys.INSTANCE_IDS -> Optional.of(Field.ID);
      case TargetKeys.TAG_KEY -> Optional.of(Field.TAG_KEY);
      case TargetKeys.PLATFORM_TYPES -> Optional.of(Field.PLATFORM_TYPE);
      case TargetKeys.PLATFORM_NAME -> Optional.of(Field.PLATFORM_NAME);
      case TargetKeys.PLATFORM_VERSION -> Optional.of(Field.PLATFORM_VERSION);
      default ->
          TargetKeys.isTag(key)
              ? Optional.of(Field.tag(key.substring(TargetKeys.TAG.length())))
              : Optional.empty();
    };
  }
}
