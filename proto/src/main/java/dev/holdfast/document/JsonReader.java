package dev.holdfast.document;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads JSON (RFC 8259, to the letter) to values with their places, within the limits. What follows
 * the first mistake in the form is not read.
 */
final class JsonReader {
  private static final Pattern NUMBER =
      Pattern.compile("-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?");

  private final String text;
  private final int maxDepth;
  private final int maxNodes;
  private final Problems problems;
  private final Matcher numbers;
  private int at;
  private int nodes;

  // Where the last place was asked for: places are asked for from the front to the back.
  private int counted;
  private int line = 1;
  private int column = 1;

  private JsonReader(String text, int maxDepth, int maxNodes, Problems problems) {
    this.text = text;
    this.maxDepth = maxDepth;
    this.maxNodes = maxNodes;
    this.problems = problems;
    this.numbers = NUMBER.matcher(text);
  }

  /** The text is no JSON, or leaves the limits: the problem was told. */
  private static final class Stop extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Problem problem;

    Stop(Problem problem) {
      super(null, null, false, false);
      this.problem = problem;
    }
  }

  /** The tree; if a problem was added, what there is of it. */
  static Located read(String text, int maxDepth, Problems problems) {
    return read(text, maxDepth, DocumentLimits.MAX_NODES, problems);
  }

  /** The same with a limit of its own. */
  static Located read(String text, int maxDepth, int maxNodes, Problems problems) {
    JsonReader reader = new JsonReader(text, maxDepth, maxNodes, problems);
    try {
      reader.blanks();
      Located value = reader.value(1);
      reader.blanks();
      if (reader.at < text.length()) {
        throw reader.stop("something follows the end of the value");
      }
      return value;
    } catch (Stop stop) {
      problems.error(stop.problem);
      return Located.nothing(new Located.Place(0, 0));
    }
  }

  private Located value(int depth) {
    if (at >= text.length()) {
      throw stop("the text ends where a value is expected");
    }
    Located.Place place = place();
    if (++nodes > maxNodes) {
      throw new Stop(place.problem(TextReader.tooMany(maxNodes)));
    }
    return switch (text.charAt(at)) {
      case '{' -> object(place, depth);
      case '[' -> array(place, depth);
      case '"' -> {
        int start = at;
        Value value = new Value.Text(string(place));
        yield new Located(value, place, text.substring(start, at), Map.of(), List.of());
      }
      case 't' -> word("true", new Value.Flag(true), place);
      case 'f' -> word("false", new Value.Flag(false), place);
      case 'n' -> word("null", new Value.Null(), place);
      default -> number(place);
    };
  }

  private Located object(Located.Place place, int depth) {
    deeper(depth);
    Map<String, Located.Entry> fields = new LinkedHashMap<>();
    Map<String, Value> values = new LinkedHashMap<>();
    at++;
    blanks();
    if (!skip('}')) {
      do {
        blanks();
        Located.Place keyPlace = place();
        if (at >= text.length() || text.charAt(at) != '"') {
          throw stop("a key in double quotes is expected");
        }
        String key = string(keyPlace);
        blanks();
        expect(':', "after a key");
        blanks();
        Located value = value(depth + 1);
        if (fields.put(key, new Located.Entry(keyPlace, value)) != null) {
          problems.error(keyPlace.problem("the key '" + Keys.shortened(key) + "' a second time"));
        }
        values.put(key, value.value());
        blanks();
      } while (skip(','));
      expect('}', "or a comma, after a value");
    }
    return new Located(new Value.Fields(values), place, "", fields, List.of());
  }

  private Located array(Located.Place place, int depth) {
    deeper(depth);
    List<Located> items = new ArrayList<>();
    at++;
    blanks();
    if (!skip(']')) {
      do {
        blanks();
        items.add(value(depth + 1));
        blanks();
      } while (skip(','));
      expect(']', "or a comma, after a value");
    }
    return new Located(
        new Value.Items(items.stream().map(Located::value).toList()), place, "", Map.of(), items);
  }

  private void deeper(int depth) {
    if (depth > maxDepth) {
      throw new Stop(place().problem("lists and maps nested deeper than " + maxDepth + " levels"));
    }
  }

  private String string(Located.Place place) {
    at++;
    StringBuilder out = new StringBuilder();
    while (true) {
      if (at >= text.length()) {
        throw new Stop(place.problem("not JSON: a text without its closing quote"));
      }
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        break;
      } else if (c == '\\') {
        at++;
        out.append(escaped());
      } else if (c < ' ') {
        throw stop(
            String.format("the control character U+%04X in a text; it has to be escaped", (int) c));
      } else {
        out.append(c);
        at++;
      }
    }
    String read = out.toString();
    TextReader.impossible(read).ifPresent(problem -> problems.error(place.problem(problem)));
    return read;
  }

  private char escaped() {
    char c = at < text.length() ? text.charAt(at) : ' ';
    at++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        int code = 0;
        for (int i = 0; i < 4; i++, at++) {
          int digit = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
          if (digit < 0 || text.charAt(at) > 'f') {
            throw stop("\\u is followed by four hexadecimal digits");
          }
          code = code * 16 + digit;
        }
        yield (char) code;
      }
      default -> {
        at -= 2;
        throw stop("a backslash is followed by one of \" \\ / b f n r t u");
      }
    };
  }

  private Located word(String word, Value value, Located.Place place) {
    if (!text.startsWith(word, at)) {
      throw stop("a value is expected");
    }
    at += word.length();
    return new Located(value, place, word, Map.of(), List.of());
  }

  private Located number(Located.Place place) {
    numbers.region(at, text.length());
    if (!numbers.lookingAt()) {
      throw stop("a value is expected");
    }
    String written = numbers.group();
    at = numbers.end();
    BigDecimal number =
        TextReader.number(written).orElseThrow(() -> new Stop(place.problem(TextReader.TOO_LONG)));
    return new Located(new Value.Num(number), place, written, Map.of(), List.of());
  }

  private void blanks() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private boolean skip(char c) {
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char c, String where) {
    if (!skip(c)) {
      throw stop("'" + c + "' is expected, " + where);
    }
  }

  private Stop stop(String problem) {
    return new Stop(place().problem("not JSON: " + problem));
  }

  private Located.Place place() {
    for (; counted < at && counted < text.length(); counted++) {
      char c = text.charAt(counted);
      if (c == '\n') {
        line++;
        column = 1;
      } else if (!Character.isLowSurrogate(c)) {
        column++;
      }
    }
    return new Located.Place(line, column);
  }
}
