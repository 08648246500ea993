package dev.holdfast.coordinator.admin;

import com.google.protobuf.Message;
import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.task.Limits;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Lists in pages. A page token says after which item the page begins; callers must not look into
 * it. A page ends early when it reaches 1 MiB, or when much was looked through for it.
 */
public final class Pages {
  /** Bytes after which a page ends: the message has room for the item that comes last. */
  public static final int MAX_BYTES = Limits.MAX_PAGE_BYTES - 64 * 1024;

  private static final String VERSION = "2|";

  private Pages() {}

  /** Items, and the token of the page that follows; empty if it was the last. */
  public record Page<T>(List<T> items, String next) {
    /** Copies. */
    public Page {
      items = List.copyOf(items);
    }
  }

  /** How many items a request asks for. */
  public static int size(int asked) {
    if (asked < 0 || asked > Limits.MAX_PAGE) {
      throw new Refusal(
          "ValidationError",
          "page_size is " + asked + "; allowed are 1 to " + Limits.MAX_PAGE,
          List.of(
              new Refusal.Finding(
                  "page_size", "is " + asked + "; allowed are 1 to " + Limits.MAX_PAGE)));
    }
    return asked == 0 ? Limits.PAGE : asked;
  }

  /** The key after which a page begins; empty for the first page. On the thread of the call. */
  public static String after(String token) {
    return after(Caller.name(), token);
  }

  /**
   * The key after which a page begins; empty for the first page.
   *
   * @param principal who asks: a token is good for nobody but whom it was given to
   */
  public static String after(String principal, String token) {
    if (token.isEmpty()) {
      return "";
    }
    try {
      String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
      String start = VERSION + principal + "|";
      if (text.startsWith(start)) {
        return text.substring(start.length());
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    throw notGiven();
  }

  /** The token of the page that begins after a key. On the thread of the call. */
  public static String token(String key) {
    return token(Caller.name(), key);
  }

  /**
   * The token of the page that begins after a key.
   *
   * @param principal who asked
   */
  public static String token(String principal, String key) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((VERSION + principal + "|" + key).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Makes a page.
   *
   * @param source gives at most so many items after a key, in the order of their keys
   * @param wanted gives the item as it is listed, or empty if a filter leaves it out
   */
  public static <S, T extends Message> Page<T> of(
      int size,
      String pageToken,
      Source<S> source,
      Function<S, String> key,
      Function<S, java.util.Optional<T>> wanted) {
    return of(
        size, pageToken, Limits.MAX_PAGE_SCANNED, source, key, wanted, Message::getSerializedSize);
  }

  /**
   * Makes a page of what is dear to look at.
   *
   * @param scanned how many items are looked at; then the page ends early, perhaps empty
   */
  public static <S, T extends Message> Page<T> of(
      int size,
      String pageToken,
      int scanned,
      Source<S> source,
      Function<S, String> key,
      Function<S, java.util.Optional<T>> wanted) {
    return of(size, pageToken, scanned, source, key, wanted, Message::getSerializedSize);
  }

  /** A list that can be read from any of its keys. */
  @FunctionalInterface
  public interface Source<S> {
    /** Items after a key. */
    List<S> after(String key, int atMost);
  }

  /**
   * What comes after a key.
   *
   * @param given the key is from a page token: whoever sends it may have made it up, so that it is
   *     no key of this list
   */
  private static <S> List<S> chunk(Source<S> source, String after, int atMost, boolean given) {
    try {
      return source.after(after, atMost);
    } catch (IllegalArgumentException | IndexOutOfBoundsException | DateTimeException e) {
      if (given) {
        throw notGiven();
      }
      throw e;
    }
  }

  private static Refusal notGiven() {
    return new Refusal("InvalidNextToken", "the page_token is none that was given out");
  }

  private static <S, T> Page<T> of(
      int size,
      String pageToken,
      int scanned,
      Source<S> source,
      Function<S, String> key,
      Function<S, java.util.Optional<T>> wanted,
      ToIntFunction<T> bytes) {
    int limit = size(size);
    String after = after(pageToken);
    List<T> items = new ArrayList<>();
    int total = 0;
    int seen = 0;
    while (true) {
      List<S> chunk = chunk(source, after, limit + 1, !pageToken.isEmpty() && seen == 0);
      for (S row : chunk) {
        if (seen++ == scanned) {
          return new Page<>(items, token(after));
        }
        java.util.Optional<T> item = wanted.apply(row);
        if (item.isPresent()) {
          int next = bytes.applyAsInt(item.get());
          if (items.size() == limit || (!items.isEmpty() && total + next > MAX_BYTES)) {
            return new Page<>(items, token(after));
          }
          items.add(item.get());
          total += next;
        }
        after = key.apply(row);
      }
      if (chunk.size() <= limit) {
        return new Page<>(items, "");
      }
    }
  }
}
