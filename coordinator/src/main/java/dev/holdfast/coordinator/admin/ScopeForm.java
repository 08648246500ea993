package dev.holdfast.coordinator.admin;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.holdfast.coordinator.store.TagScope;
import dev.holdfast.task.PeopleLimits;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Tag scopes as callers write and see them: a tag key to a value, or to a list of values. */
public final class ScopeForm {
  private static final int MAX_KEY = 128;
  private static final int MAX_VALUE = 256;

  private ScopeForm() {}

  /**
   * Reads one that is set.
   *
   * @param field what the request calls it
   * @param findings takes what is wrong with it
   */
  public static TagScope read(Struct written, String field, Findings findings) {
    if (written.getFieldsCount() == 0) {
      findings.add(field, "names no tag: leave it out for all instances");
    }
    if (written.getFieldsCount() > PeopleLimits.MAX_SCOPE_TAGS) {
      findings.add(
          field,
          written.getFieldsCount()
              + " tag keys; at most "
              + PeopleLimits.MAX_SCOPE_TAGS
              + " are allowed");
    }
    TreeMap<String, SortedSet<String>> tags = new TreeMap<>();
    written
        .getFieldsMap()
        .forEach((key, value) -> tags.put(key, values(key, value, field, findings)));
    return new TagScope(tags);
  }

  private static SortedSet<String> values(
      String key, Value value, String field, Findings findings) {
    String path = field + "." + Findings.printable(key);
    if (key.isEmpty() || key.length() > MAX_KEY) {
      findings.add(field, "a tag key has 1 to " + MAX_KEY + " characters");
    }
    SortedSet<String> values = new TreeSet<>();
    switch (value.getKindCase()) {
      case STRING_VALUE -> values.add(value.getStringValue());
      case LIST_VALUE -> {
        for (Value one : value.getListValue().getValuesList()) {
          if (one.getKindCase() == Value.KindCase.STRING_VALUE) {
            values.add(one.getStringValue());
          } else {
            findings.add(path, "a value of a tag is text");
          }
        }
      }
      case NULL_VALUE, NUMBER_VALUE, BOOL_VALUE, STRUCT_VALUE, KIND_NOT_SET ->
          findings.add(path, "is neither text nor a list of texts");
    }
    if (values.isEmpty() || values.size() > PeopleLimits.MAX_SCOPE_VALUES) {
      findings.add(
          path, values.size() + " values; 1 to " + PeopleLimits.MAX_SCOPE_VALUES + " are allowed");
    }
    if (values.stream().anyMatch(one -> one.length() > MAX_VALUE)) {
      findings.add(path, "a value has at most " + MAX_VALUE + " characters");
    }
    return values;
  }

  /** As callers see it: lists, however it was written. */
  public static Struct toProto(TagScope scope) {
    Struct.Builder shown = Struct.newBuilder();
    for (Map.Entry<String, SortedSet<String>> tag : scope.tags().entrySet()) {
      ListValue.Builder list = ListValue.newBuilder();
      tag.getValue().forEach(one -> list.addValues(Value.newBuilder().setStringValue(one)));
      shown.putFields(tag.getKey(), Value.newBuilder().setListValue(list).build());
    }
    return shown.build();
  }
}
