package dev.holdfast.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each program prints for shells, put to use in a bash. */
final class CompletionTest {
  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "holdfast-agent,       'en',                  'enroll'",
    "holdfast-agent,       'schedule n',          'next'",
    "holdfast-agent,       'serve --st',          '--state'",
    "holdfast-coordinator, 'activation create --for', '--format'",
    "holdfast-coordinator, 'to',                  'token'",
    "holdfast,             'w',                   'wait'",
  })
  void completes(String program, String words, String completed, @TempDir Path folder)
      throws Exception {
    Path script =
        Files.writeString(
            folder.resolve("completion"),
            Launched.run(folder, program, List.of("completion"), 0) + "\n");
    Process bash =
        new ProcessBuilder(call(script, program, words))
            // that it is not called by a key
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .directory(folder.toFile())
            .start();
    String out = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertTrue(bash.waitFor(30, TimeUnit.SECONDS));
    Set<String> found = Arrays.stream(out.split("\\s+")).collect(Collectors.toSet());
    assertEquals(0, bash.exitValue(), out);
    assertTrue(found.contains(completed), out);
    assertFalse(found.contains("completion"), "it is for packages, not for people");
  }

  private static List<String> call(Path script, String program, String words) {
    List<String> call =
        new ArrayList<>(
            List.of(
                "bash",
                "-c",
                """
                . "$1"
                shift
                COMP_WORDS=("$@")
                COMP_CWORD=$(($# - 1))
                function=$(complete -p "$1" | sed 's/.*-F \\([^ ]*\\).*/\\1/')
                "$function" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
                echo "${COMPREPLY[@]}"
                """,
                "bash",
                script.toString(),
                program));
    call.addAll(List.of(words.split(" ")));
    return call;
  }
}
