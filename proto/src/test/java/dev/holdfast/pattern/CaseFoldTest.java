package dev.holdfast.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
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
    assertTrue(CaseFold.endless(pattern)); // first: where this fails, nothing below would end
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

  /** The library goes round the cases of what the pattern names, never of what a value has. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "(?i)\u0412",
        "(?i)^\uA64B+?\u0434",
        "(?i)[\u0400-\u04FF]$",
        "(?i)[^x]",
        "(?i)(abc|\u0432)x",
        "(?i)\\pL+"
      })
  void theLettersMayBeInValues(String pattern) throws Exception {
    for (int letter = 0x1C80; letter <= 0x1C88; letter++) {
      String value = "abc" + Character.toString(letter) + "\u0432x";
      assertEquals(1, ended(pattern, () -> Patterns.found(pattern, List.of(value))).size());
    }
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
        read += ended(pattern, () -> means(pattern)) ? 1 : 0;
      }
    }

    assertTrue(read > ROUNDS / 20, "patterns that mean something: " + read);
  }

  /** Whether it means something. */
  private static boolean means(String pattern) {
    try {
      return Pattern.compile(pattern).groupCount() >= 0;
    } catch (PatternSyntaxException e) {
      return false;
    }
  }

  /** What comes of work on a pattern that might not end; an error if it has not in time. */
  private static <T> T ended(String pattern, Callable<T> work) throws Exception {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofPlatform().daemon().start(task);
    try {
      return task.get(FOR_EVER.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("not at an end: " + pattern, e);
    }
  }
}
