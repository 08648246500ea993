package dev.holdfast.document;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.pattern.Patterns;
import dev.holdfast.state.TextPart;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An agent's threads have small stacks; no document may need a large one. */
final class SmallStackTest {
  private static final long STACK = 192L * 1024;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "^[a-z]([a-z.-]{0,251}[a-z])?$",
        "a{0,1000}",
        "a{0,999}b{0,999}",
        "(?:a?){330}",
        "(?:(?:a?){30}){10}",
        "(?:a{0,900}b?)*"
      })
  void patternsAreReadAndSearchedHoweverOftenTheyRepeat(String pattern) {
    assertEquals(
        List.of(), onSmallStack(() -> Patterns.problem("it", pattern)).stream().toList(), pattern);
    assertEquals(
        List.of(true), onSmallStack(() -> Patterns.found(pattern, List.of("a".repeat(200)))));
  }

  @Test
  void patternsAreReadHoweverDeepTheyAreNested() {
    String pattern = "(".repeat(255) + "a" + ")".repeat(255);

    assertEquals(Optional.empty(), onSmallStack(() -> Patterns.problem("it", pattern)));
    assertEquals(List.of(true), onSmallStack(() -> Patterns.found(pattern, List.of("ba"))));
  }

  @Test
  void linesAreLookedForInALargeFile() {
    TextPart line =
        new TextPart.Line("PermitRootLogin no", Optional.of("^#?[A-Z]([a-z]{0,90}R?)*"));
    String text = "other words here\n".repeat(20_000) + "#PermitRootLogin yes\n";

    assertEquals(
        text.replace("#PermitRootLogin yes", "PermitRootLogin no"),
        onSmallStack(() -> line.put(text)));
  }

  @Test
  void keysOfTheKernelAreReadHoweverManyPartsTheyHave() {
    String document =
        """
        schemaVersion: "2.2"
        mainSteps:
        - {action: state:sysctl, name: s, inputs: {key: KEY, value: "1"}}
        """
            .replace("KEY", "net" + ".a".repeat(10_000));

    assertEquals(
        List.of(),
        onSmallStack(
                () ->
                    DocumentReader.read(document.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
            .errors());
  }

  private static <T> T onSmallStack(Supplier<T> work) {
    FutureTask<T> task = new FutureTask<>(work::get);
    new Thread(null, task, "small", STACK).start();
    try {
      return task.get();
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
