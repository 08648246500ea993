package dev.holdfast.coordinator.store;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Lists and maps of text in one column. */
final class Json {
  private static final Gson GSON = new Gson();
  private static final TypeToken<List<String>> LIST = new TypeToken<>() {};
  private static final TypeToken<Map<String, String>> MAP = new TypeToken<>() {};

  private static final TypeToken<Map<String, List<String>>> LISTS = new TypeToken<>() {};

  private Json() {}

  static String writeLists(Map<String, List<String>> map) {
    return GSON.toJson(new TreeMap<>(map));
  }

  static Map<String, List<String>> lists(String text) {
    return new TreeMap<>(GSON.fromJson(text, LISTS));
  }

  static String write(List<String> list) {
    return GSON.toJson(list);
  }

  static String write(Map<String, String> map) {
    return GSON.toJson(new TreeMap<>(map));
  }

  static List<String> list(String text) {
    return List.copyOf(GSON.fromJson(text, LIST));
  }

  static Map<String, String> map(String text) {
    return new TreeMap<>(GSON.fromJson(text, MAP));
  }
}
