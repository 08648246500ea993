package dev.holdfast.coordinator.association;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.FieldDifference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What of an association an edit changes, field by field; parameters and tags one by one. Values
 * are JSON, as the API prints it.
 */
final class Differences {
  /** Characters of a value; a longer one is cut, and ends with three dots. */
  static final int MAX_CHARS = 1_024;

  private Differences() {}

  /** Between two in their stored form, in the order of the fields. */
  static List<FieldDifference> between(Association before, Association after) {
    List<FieldDifference> all = new ArrayList<>();
    for (FieldDescriptor field : Association.getDescriptor().getFields()) {
      switch (field.getName()) {
        case "parameters" ->
            each(
                field.getName(),
                before.getParameters().getFieldsMap(),
                after.getParameters().getFieldsMap(),
                Differences::json,
                all);
        case "tags" ->
            each(field.getName(), before.getTagsMap(), after.getTagsMap(), Differences::text, all);
        default -> add(field.getName(), value(before, field), value(after, field), all);
      }
    }
    return all;
  }

  private static <T> void each(
      String field,
      Map<String, T> before,
      Map<String, T> after,
      Function<T, String> json,
      List<FieldDifference> all) {
    TreeSet<String> names = new TreeSet<>(before.keySet());
    names.addAll(after.keySet());
    for (String name : names) {
      add(field + "." + name, value(before, name, json), value(after, name, json), all);
    }
  }

  private static <T> String value(Map<String, T> of, String name, Function<T, String> json) {
    return of.containsKey(name) ? json.apply(of.get(name)) : "";
  }

  private static void add(String field, String before, String after, List<FieldDifference> all) {
    if (!before.equals(after)) {
      all.add(
          FieldDifference.newBuilder()
              .setField(field)
              .setBefore(cut(before))
              .setAfter(cut(after))
              .build());
    }
  }

  /** As JSON prints the message with this field alone, without the field's name. */
  private static String value(Association of, FieldDescriptor field) {
    boolean there = field.isRepeated() ? of.getRepeatedFieldCount(field) > 0 : of.hasField(field);
    boolean plain = !field.isRepeated() && !field.hasPresence();
    if (!there && (!plain || of.getField(field).equals(field.getDefaultValue()))) {
      return "";
    }
    String all = json(Association.newBuilder().setField(field, of.getField(field)).build());
    return all.substring(all.indexOf(':') + 1, all.length() - 1);
  }

  private static String text(String value) {
    return json(com.google.protobuf.StringValue.of(value));
  }

  private static String json(Message message) {
    try {
      return JsonFormat.printer().omittingInsignificantWhitespace().print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new StoreException("an association can't be printed", e);
    }
  }

  private static String cut(String value) {
    return value.length() <= MAX_CHARS ? value : value.substring(0, MAX_CHARS) + "...";
  }
}
