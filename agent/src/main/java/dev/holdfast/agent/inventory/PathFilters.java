package dev.holdfast.agent.inventory;

import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.Problem;
import dev.holdfast.document.Value;
import dev.holdfast.task.InventoryLimits;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads filters as documents write them: JSON lists (spec.md section 5.2). Pure. */
public final class PathFilters {
  private static final int MAX_FILTERS = 50;
  private static final int MAX_PATTERNS = 50;
  private static final int MAX_TEXT_CHARS = 1_024;
  private static final Set<String> KEYS = Set.of("Path", "Pattern", "Recursive", "DirScanLimit");
  private static final Set<String> REGISTRY_KEYS = Set.of("Path", "Recursive", "ValueNames");

  private PathFilters() {}

  /**
   * What was read.
   *
   * @param mistake what is wrong, with the name of the input; then there are no filters
   */
  public record Reading(List<PathFilter> filters, Optional<String> mistake) {
    /** Copies the list. */
    public Reading {
      filters = List.copyOf(filters);
    }
  }

  /** Signals a mistake within this class. */
  private static final class Mistake extends Exception {
    private static final long serialVersionUID = 1L;

    Mistake(String message) {
      super(message);
    }
  }

  /**
   * Reads filters of paths.
   *
   * @param input what the input is called
   * @param json {@code [{"Path": "/etc", "Pattern": ["*.conf"], "Recursive": true}]}
   */
  public static Reading read(String input, String json) {
    try {
      List<PathFilter> filters = new ArrayList<>();
      for (Map<String, Value> fields : list(input, json, KEYS)) {
        filters.add(filter(input + "[" + filters.size() + "]", fields));
      }
      return new Reading(filters, Optional.empty());
    } catch (Mistake e) {
      return new Reading(List.of(), Optional.ofNullable(e.getMessage()));
    }
  }

  /** What is wrong with filters of the Windows registry; empty if nothing is. */
  public static Optional<String> registry(String input, String json) {
    try {
      int index = 0;
      for (Map<String, Value> fields : list(input, json, REGISTRY_KEYS)) {
        String where = input + "[" + index++ + "]";
        text(where + ".Path", fields.get("Path"));
        flag(where + ".Recursive", fields.get("Recursive"));
        texts(where + ".ValueNames", fields.get("ValueNames"));
      }
      return Optional.empty();
    } catch (Mistake e) {
      return Optional.ofNullable(e.getMessage());
    }
  }

  private static List<Map<String, Value>> list(String input, String json, Set<String> keys)
      throws Mistake {
    List<Problem> problems = new ArrayList<>();
    Optional<Value> read = DocumentReader.readJson(json.getBytes(StandardCharsets.UTF_8), problems);
    if (!problems.isEmpty()) {
      throw new Mistake(input + " is no JSON: " + problems.getFirst().text());
    }
    if (!(read.orElse(new Value.Null()) instanceof Value.Items(var items))
        || items.size() > MAX_FILTERS) {
      throw new Mistake(
          input + " is a JSON list of at most " + MAX_FILTERS + " filters with the keys " + keys);
    }
    List<Map<String, Value>> filters = new ArrayList<>();
    for (Value item : items) {
      String where = input + "[" + filters.size() + "]";
      if (!(item instanceof Value.Fields(var fields))) {
        throw new Mistake(where + " is a JSON object");
      }
      for (String key : fields.keySet()) {
        if (!keys.contains(key)) {
          throw new Mistake(
              where + " has the unknown key '" + key + "'; known are " + sorted(keys));
        }
      }
      filters.add(fields);
    }
    return filters;
  }

  private static PathFilter filter(String where, Map<String, Value> fields) throws Mistake {
    String path = text(where + ".Path", fields.get("Path"));
    if (!path.startsWith("/")) {
      throw new Mistake(where + ".Path is an absolute path, and this is '" + path + "'");
    }
    List<String> patterns = texts(where + ".Pattern", fields.get("Pattern"));
    if (patterns.isEmpty()) {
      throw new Mistake(where + ".Pattern is a list of at least one name, like *.conf");
    }
    int limit = InventoryLimits.FILTER_FOLDERS;
    Value given = fields.get("DirScanLimit");
    if (given != null) {
      if (!(given instanceof Value.Num(BigDecimal number))
          || number.stripTrailingZeros().scale() > 0
          || number.signum() <= 0
          || number.compareTo(BigDecimal.valueOf(InventoryLimits.MAX_FILTER_FOLDERS)) > 0) {
        throw new Mistake(
            where
                + ".DirScanLimit is a whole number from 1 to "
                + InventoryLimits.MAX_FILTER_FOLDERS);
      }
      limit = number.intValueExact();
    }
    return new PathFilter(
        path, patterns, flag(where + ".Recursive", fields.get("Recursive")), limit);
  }

  private static String text(String where, @org.jspecify.annotations.Nullable Value value)
      throws Mistake {
    if (value instanceof Value.Text(String text)
        && !text.isBlank()
        && text.length() <= MAX_TEXT_CHARS
        && text.indexOf('\0') < 0) {
      return text;
    }
    throw new Mistake(where + " is a text of 1 to " + MAX_TEXT_CHARS + " characters");
  }

  private static List<String> texts(String where, @org.jspecify.annotations.Nullable Value value)
      throws Mistake {
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof Value.Items(var items)) || items.size() > MAX_PATTERNS) {
      throw new Mistake(where + " is a list of at most " + MAX_PATTERNS + " texts");
    }
    List<String> texts = new ArrayList<>();
    for (Value item : items) {
      texts.add(text(where + "[" + texts.size() + "]", item));
    }
    return texts;
  }

  /** As a truth, or as a text that is one. */
  private static boolean flag(String where, @org.jspecify.annotations.Nullable Value value)
      throws Mistake {
    return switch (value) {
      case null -> false;
      case Value.Flag(boolean set) -> set;
      case Value.Text(String text) when text.equalsIgnoreCase("true") -> true;
      case Value.Text(String text) when text.equalsIgnoreCase("false") -> false;
      case Value other -> throw new Mistake(where + " is true or false");
    };
  }

  private static String sorted(Set<String> keys) {
    return String.join(", ", keys.stream().sorted().toList());
  }
}
