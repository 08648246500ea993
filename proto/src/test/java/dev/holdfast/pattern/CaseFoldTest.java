package dev.holdfast.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.re2j.Pattern;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CaseFoldTest {
  private static final int ROUNDS = 20_000;

  /** Long enough for any pattern on a busy machine. */
  private static final Duration FOR_EVER = Duration.ofSeconds(20);

  private static final List<String> PARTS =
      List.of(
          "[",
          "]",
          "[^",
          "-",
          "-",
          "a",
          "Z",
          "\\",
          "^",
          "(?i)",
          "(?-i)",
          "(?is:",
          ")",
          "\\Q",
          "\\E",
          "[:alpha:]",
          "\\d",
          "\\pL",
          "\\p{Greek}",
          "\\x{41}",
          "\\x{1C84}",
          "\\x{0001c80}",
          "\\x{FFFD}",
          "\\x41",
          "\\101",
          "\u1C7F",
          "\u1C80",
          "\u1C88",
          "\u1C89",
          "\u3042",
          "\uFFFD",
          "\uD83D\uDE00",
          "*",
          "{1,2}",
          "|",
          ".");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(?i)\u1C80",
        "(?i)x\\x{1c88}",
        "(?i)\\x{0000000001C84}",
        "(?i)[\u1C85]",
        "(?i)[Z-\uFFFD]",
        "(?i)[^-a-\uFFFD]",
        "(?i)[[:alpha:]-a-\uFFFD]",
        "(?i)[\\pL-a-\\x{FFFF}]",
        "(?i)\\Q[\\E[Z-\uD83D\uDE00]",
        "(?i)[]-\uFFFD]",
        "a(?s-i:b)(?i:[\\x41-\uFFFD])"
      })
  void whatWouldBeReadForEverIsRefused(String pattern) {
    String problem = Patterns.problem("the allowedPattern", pattern).orElseThrow();

    assertTrue(problem.contains("U+1C80 to U+1C88"), problem);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u1C80",
        "[Z-\uFFFD]",
        "(?i)srv-\u6771\u4EAC",
        "(?i)[a-z0-9_-]+",
        "(?i)[\u3041-\u3093\u4E00-\u9FA0]",
        "(?i)[^\\s]",
        "(?i)[\\pL\\pN]",
        "(?i)[A-\u1C7F]",
        "(?P<id>[a-\uFFFD])"
      })
  void otherPatternsAreNot(String pattern) {
    assertEquals(List.of(), Patterns.problem("the allowedPattern", pattern).stream().toList());
  }

  /** If a JDK or the library knows other letters one day, more or fewer are to be kept from it. */
  @Test
  void theNineLettersAreAllThatHaveNoWayBack() throws ReflectiveOperationException {
    Method next =
        Class.forName("com.google.re2j.Unicode").getDeclaredMethod("simpleFold", int.class);
    next.setAccessible(true);

    List<Integer> lost = new ArrayList<>();
    for (int first = 0; first <= Character.MAX_CODE_POINT; first++) {
      int at = first;
      int steps = 0;
      do {
        at = (int) next.invoke(null, at);
        steps++;
      } while (at != first && steps < 10);
      if (at != first) {
        lost.add(first);
      }
    }

    assertEquals(
        List.of(0x1C80, 0x1C81, 0x1C82, 0x1C83, 0x1C84, 0x1C85, 0x1C86, 0x1C87, 0x1C88), lost);
  }

  /** Whatever is put together of what matters here is read to its end, or refused. */
  @Test
  void nothingThatIsLetThroughIsReadForEver() throws Exception {
    Random random = new Random(11);
    int read = 0;
    for (int round = 0; round < ROUNDS; round++) {
      StringBuilder text = new StringBuilder("(?i)");
      int parts = 1 + random.nextInt(9);
      for (int i = 0; i < parts; i++) {
        text.append(PARTS.get(random.nextInt(PARTS.size())));
      }
      String pattern = text.toString();
      if (!CaseFold.endless(pattern)) {
        read += ends(pattern) ? 1 : 0;
      }
    }

    assertTrue(read > ROUNDS / 20, "patterns that mean something: " + read);
  }

  /** Whether it means something; an error if that is not known in time. */
  private static boolean ends(String pattern) throws Exception {
    CompletableFuture<Boolean> means = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                means.complete(Pattern.compile(pattern).groupCount() >= 0);
              } catch (RuntimeException e) {
                means.complete(false);
              }
            });
    try {
      return means.get(FOR_EVER.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("read for ever: " + pattern, e);
    }
  }
}
