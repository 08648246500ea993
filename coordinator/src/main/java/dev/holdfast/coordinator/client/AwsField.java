package dev.holdfast.coordinator.client;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A field of AWS's JSON, and its value in the forms in which people's tools write it.
 *
 * @param key as it is written
 */
record AwsField(String key, JsonElement value) {
  /** Nothing is said by it. */
  boolean isNull() {
    return value.isJsonNull();
  }

  /** A text; a number or truth value is the text that it is written as. */
  Optional<String> text() {
    return value instanceof JsonPrimitive primitive
        ? Optional.of(primitive.getAsString())
        : Optional.empty();
  }

  /** A whole number, perhaps as text. */
  Optional<Integer> number() {
    return text().filter(text -> text.matches("-?\\d{1,9}")).map(Integer::parseInt);
  }

  /** True or false, perhaps as text. */
  Optional<Boolean> truth() {
    if (!(value instanceof JsonPrimitive primitive)) {
      return Optional.empty();
    }
    return switch (primitive.getAsString()) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  /** A list of texts; one text is a list of one. */
  Optional<List<String>> texts() {
    if (value instanceof JsonPrimitive) {
      return text().map(List::of);
    }
    if (!(value instanceof JsonArray array)) {
      return Optional.empty();
    }
    List<String> texts = new ArrayList<>();
    for (JsonElement item : array) {
      Optional<String> text = new AwsField(key, item).text();
      if (text.isEmpty()) {
        return Optional.empty();
      }
      texts.add(text.get());
    }
    return Optional.of(texts);
  }

  /** An object's fields by their plain names. */
  Optional<Map<String, AwsField>> fields() {
    if (!(value instanceof JsonObject object)) {
      return Optional.empty();
    }
    Map<String, AwsField> fields = new LinkedHashMap<>();
    object
        .entrySet()
        .forEach(
            entry ->
                fields.put(
                    AwsFile.plain(entry.getKey()), new AwsField(entry.getKey(), entry.getValue())));
    return Optional.of(fields);
  }

  /** A list of objects; one object is a list of one. */
  Optional<List<Map<String, AwsField>>> objects() {
    if (value instanceof JsonObject) {
      return fields().map(List::of);
    }
    if (!(value instanceof JsonArray array)) {
      return Optional.empty();
    }
    List<Map<String, AwsField>> objects = new ArrayList<>();
    for (JsonElement item : array) {
      Optional<Map<String, AwsField>> object = new AwsField(key, item).fields();
      if (object.isEmpty()) {
        return Optional.empty();
      }
      objects.add(object.get());
    }
    return Optional.of(objects);
  }
}
