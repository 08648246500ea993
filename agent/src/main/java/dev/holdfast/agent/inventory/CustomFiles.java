package dev.holdfast.agent.inventory;

import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.Problem;
import dev.holdfast.document.Value;
import dev.holdfast.task.InventoryLimits;
import dev.holdfast.task.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Types that people made, each from a JSON file in one folder (spec.md section 5.3). A file with a
 * mistake fails them all, by its name: else what it told before would stay, and look true.
 */
final class CustomFiles {
  private static final Pattern TYPE =
      Pattern.compile("Custom:[A-Z][A-Za-z0-9_.-]{0,91}(:[A-Za-z0-9_.-]{1,92})?");

  private static final Pattern VERSION = Pattern.compile("\\d{1,6}\\.\\d{1,6}");
  private static final int MAX_TYPE_CHARS = 100;
  private static final int MAX_ATTRIBUTES = 50;
  private static final int MAX_NAME_CHARS = 64;
  private static final int MAX_FILE_BYTES = 64 * 1024;

  private CustomFiles() {}

  /** One file, read. */
  record Content(String typeName, String schemaVersion, List<Map<String, String>> items) {
    /** Copies the list. */
    Content {
      items = List.copyOf(items);
    }
  }

  /**
   * Reads all files of a folder that end in {@code .json}; none if there is no such folder.
   *
   * @throws InventoryException if there is a mistake: which file, and what
   */
  static List<Content> read(Path folder) {
    Map<String, Path> types = new TreeMap<>();
    List<Content> contents = new ArrayList<>();
    for (Path file : files(folder)) {
      Content content = parse(file, bytes(file));
      Path other = types.put(content.typeName(), file);
      if (other != null) {
        throw mistake(
            file, content.typeName() + " is in " + other.getFileName() + ", too; keep one of them");
      }
      contents.add(content);
    }
    return contents;
  }

  private static List<Path> files(Path folder) {
    List<Path> files = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return files;
    }
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, "*.json")) {
      stream.forEach(files::add);
    } catch (IOException | DirectoryIteratorException e) {
      throw new InventoryException("custom inventory: cannot list " + folder + ": " + e, e);
    }
    files.removeIf(file -> !Files.isRegularFile(file));
    files.sort(null);
    if (files.size() > InventoryLimits.MAX_CUSTOM_TYPES) {
      throw new InventoryException(
          "custom inventory: "
              + folder
              + " has "
              + files.size()
              + " files; at most "
              + InventoryLimits.MAX_CUSTOM_TYPES
              + " are read");
    }
    return files;
  }

  private static byte[] bytes(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
      if (bytes.length > MAX_FILE_BYTES) {
        throw mistake(file, "it has more than " + MAX_FILE_BYTES + " bytes");
      }
      return bytes;
    } catch (IOException e) {
      throw mistake(file, "it cannot be read: " + e);
    }
  }

  /** Reads a file. */
  static Content parse(Path file, byte[] json) {
    List<Problem> problems = new ArrayList<>();
    Optional<Value> read = DocumentReader.readJson(json, problems);
    if (!problems.isEmpty() || !(read.orElse(new Value.Null()) instanceof Value.Fields(var all))) {
      throw mistake(
          file,
          problems.isEmpty()
              ? "it is no JSON object"
              : "line " + problems.getFirst().line() + ": " + problems.getFirst().text());
    }
    String type = text(file, all, "TypeName");
    if (type.length() > MAX_TYPE_CHARS || !TYPE.matcher(type).matches()) {
      throw mistake(
          file,
          "TypeName is '"
              + type
              + "'; it is like Custom:RackInfo: the second word begins with a capital and has"
              + " letters, digits, dots, dashes and underscores, at most "
              + MAX_TYPE_CHARS
              + " in all");
    }
    String version = text(file, all, "SchemaVersion");
    if (!VERSION.matcher(version).matches()) {
      throw mistake(file, "SchemaVersion is '" + version + "'; it is like 1.0");
    }
    List<Value> entries =
        switch (all.get("Content")) {
          case Value.Items(var items) -> items;
          case Value.Fields one -> List.of(one);
          case null, default -> throw mistake(file, "Content is an object, or a list of objects");
        };
    if (entries.size() > Limits.MAX_INVENTORY_ENTRIES) {
      throw mistake(file, "Content has more than " + Limits.MAX_INVENTORY_ENTRIES + " entries");
    }
    Map<String, String> spellings = new HashMap<>();
    List<Map<String, String>> items = new ArrayList<>();
    for (Value entry : entries) {
      items.add(item(file, "Content[" + items.size() + "]", entry, spellings));
    }
    return new Content(type, version, items);
  }

  private static Map<String, String> item(
      Path file, String where, Value entry, Map<String, String> spellings) {
    if (!(entry instanceof Value.Fields(var fields))) {
      throw mistake(file, where + " is no object");
    }
    if (fields.size() > MAX_ATTRIBUTES) {
      throw mistake(file, where + " has more than " + MAX_ATTRIBUTES + " attributes");
    }
    Map<String, String> item = new TreeMap<>();
    fields.forEach(
        (name, value) -> {
          if (name.isEmpty() || name.length() > MAX_NAME_CHARS) {
            throw mistake(
                file,
                where + ": the name of an attribute has 1 to " + MAX_NAME_CHARS + " characters");
          }
          String spelling = spellings.putIfAbsent(name.toLowerCase(Locale.ROOT), name);
          if (spelling != null && !spelling.equals(name)) {
            throw mistake(
                file,
                where
                    + ": the attribute '"
                    + name
                    + "' is spelt '"
                    + spelling
                    + "' elsewhere in the file");
          }
          if (!(value instanceof Value.Text(String text))
              || text.length() > Limits.MAX_INVENTORY_VALUE_CHARS) {
            throw mistake(
                file,
                where
                    + "."
                    + name
                    + " is a text of at most "
                    + Limits.MAX_INVENTORY_VALUE_CHARS
                    + " characters");
          }
          item.put(name, text);
        });
    return item;
  }

  private static String text(Path file, Map<String, Value> fields, String name) {
    if (fields.get(name) instanceof Value.Text(String text)) {
      return text;
    }
    throw mistake(file, name + " is missing, or is no text");
  }

  private static InventoryException mistake(Path file, String what) {
    return new InventoryException("custom inventory: " + file + ": " + what);
  }
}
