package dev.holdfast.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One key of a configuration file: its name, what its value may be, and what holds if the file
 * doesn't name it. Two keys are equal if they are the same object, so a program keeps each in a
 * constant.
 *
 * @param <T> what the value becomes
 */
public final class Key<T> {
  private static final Pattern NAME = Pattern.compile("[a-z0-9_]+(\\.[a-z0-9_]+)*");
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");

  private final String name;
  private final Form form;
  private final T fallback;
  private final Function<Raw, T> reading;

  private Key(String name, Form form, T fallback, Function<Raw, T> reading) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a key: " + name);
    }
    this.name = name;
    this.form = form;
    this.fallback = fallback;
    this.reading = reading;
  }

  /** Text as it is; numbers and the like are taken as they are written. */
  public static Key<String> text(String name, String fallback) {
    return new Key<>(name, Form.TEXT, fallback, Raw::text);
  }

  /** A whole number, both bounds included. */
  public static Key<Long> whole(String name, long fallback, long least, long most) {
    return new Key<>(name, Form.WHOLE, fallback, raw -> bounded(raw.text(), least, most));
  }

  /** {@code true} or {@code false}. */
  public static Key<Boolean> flag(String name, boolean fallback) {
    return new Key<>(name, Form.FLAG, fallback, raw -> Boolean.parseBoolean(raw.text()));
  }

  /** A time: a whole number and {@code ms}, {@code s}, {@code m}, {@code h} or {@code d}. */
  public static Key<Duration> duration(
      String name, Duration fallback, Duration least, Duration most) {
    return new Key<>(
        name,
        Form.TEXT,
        fallback,
        raw -> {
          Duration duration = parseDuration(raw.text());
          if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                "it must be from " + text(least) + " to " + text(most));
          }
          return duration;
        });
  }

  /** A path. */
  public static Key<Path> path(String name, Path fallback) {
    return parsed(name, fallback, Key::parsePath);
  }

  /** Where to listen or whom to reach. */
  public static Key<HostPort> address(String name, HostPort fallback) {
    return parsed(name, fallback, HostPort::parse);
  }

  /** A list of text; one value alone stands for a list of one. */
  public static Key<List<String>> texts(String name, List<String> fallback) {
    return new Key<>(name, Form.LIST, List.copyOf(fallback), Raw::items);
  }

  /**
   * Text that becomes something else.
   *
   * @param parser throws {@link IllegalArgumentException} with words that follow a colon: {@code
   *     give one of WAIT, RUN}
   */
  public static <T> Key<T> parsed(String name, T fallback, Function<String, T> parser) {
    return new Key<>(name, Form.TEXT, fallback, raw -> parser.apply(raw.text()));
  }

  /** One of an enum's values, written in lower case with underscores. */
  public static <E extends Enum<E>> Key<E> choice(String name, E fallback) {
    Class<E> type = fallback.getDeclaringClass();
    return parsed(
        name,
        fallback,
        text -> {
          List<String> words = List.of(type.getEnumConstants()).stream().map(Key::word).toList();
          int index = words.indexOf(text);
          if (index < 0) {
            throw new IllegalArgumentException("give one of " + String.join(", ", words));
          }
          return type.getEnumConstants()[index];
        });
  }

  /**
   * From text such as {@code 90s}, {@code 8h}.
   *
   * @throws IllegalArgumentException if the text has another form
   */
  public static Duration parseDuration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("give a number and a unit: 500ms, 30s, 10m, 8h, 7d");
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }

  /** The name, with dots between its levels: {@code guard.instances}. */
  public String name() {
    return name;
  }

  /** What holds if the file doesn't name it. */
  public T fallback() {
    return fallback;
  }

  @Override
  public String toString() {
    return name;
  }

  Form form() {
    return form;
  }

  T read(Raw raw) {
    return reading.apply(raw);
  }

  private static long bounded(String text, long least, long most) {
    long number;
    try {
      number = Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("it must be a whole number", e);
    }
    if (number < least || number > most) {
      throw new IllegalArgumentException("it must be from " + least + " to " + most);
    }
    return number;
  }

  private static Path parsePath(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("it must be a path", e);
    }
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static String text(Duration duration) {
    if (duration.toMillis() % 1000 != 0) {
      return duration.toMillis() + "ms";
    }
    long seconds = duration.toSeconds();
    if (seconds == 0 || seconds % 60 != 0) {
      return seconds + "s";
    }
    if (seconds % 3600 != 0) {
      return seconds / 60 + "m";
    }
    return seconds % 86_400 != 0 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
  }

  /** What the file must have at this key. */
  enum Form {
    TEXT,
    WHOLE,
    FLAG,
    LIST
  }

  /** The value as it stands in the file; its form was checked. */
  record Raw(List<String> items) {
    Raw {
      items = List.copyOf(items);
    }

    String text() {
      return items.getFirst();
    }
  }
}
