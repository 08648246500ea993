package dev.holdfast.system;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads a file that was loaded as maps and lists; what has another form fails the test. */
final class Fields {
  private Fields() {}

  /** What a map has there; fails if that is something else, or nothing. */
  static <T> T of(@Nullable Object map, String key, Class<T> kind) {
    Object value = ((Map<?, ?>) Objects.requireNonNull(map)).get(key);
    require(kind.isInstance(value), "no " + key + " in " + map);
    return kind.cast(Objects.requireNonNull(value));
  }

  /** Fails with these words unless it holds. */
  static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
