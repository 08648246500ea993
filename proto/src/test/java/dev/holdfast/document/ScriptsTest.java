package dev.holdfast.document;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the inputs of scripts (spec.md sections 1.5 and 2.2). */
final class ScriptsTest {
  @ParameterizedTest(name = "runCommand {0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          ['a','b']        | a;b;
          ['a',null,'b']   | a;;b;
          ['a','','b']     | a;;b;
          [['a','b'],'c']  | a;b;c;
          [['a',null]]     | a;;
          ['a b c']        | a b c;
          []               | ;
          [[]]             | ;
          'a'              | a;
          null             | ^^
          """)
  void aScriptIsItsLinesEachEndedByANewline(String written, String expected) {
    assertEquals(
        Optional.of(expected.replace(';', '\n')),
        Scripts.text(Texts.values(Texts.q("{'runCommand':" + written + "}"))));
  }

  @Test
  void aStepWithoutRunCommandHasAnEmptyScript() {
    assertEquals(Optional.of(""), Scripts.text(Texts.values("{\"commands\":[\"a\"]}")));
  }

  @ParameterizedTest(name = "runCommand {0}")
  @ValueSource(strings = {"[1]", "[true]", "[{}]", "[[['a']]]", "[[1]]", "7", "true", "{'a':'b'}"})
  void whatIsNoTextIsNoScript(String written) {
    assertEquals(
        Optional.empty(), Scripts.text(Texts.values(Texts.q("{'runCommand':" + written + "}"))));
  }

  @ParameterizedTest(name = "timeoutSeconds {0} is {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          5          | 5
          172800     | 172800
          '172800'   | 172800
          '90'       | 90
          ' 90 '     | 90
          90.9       | 90
          '90.9'     | 90
          9e1        | 90
          4          | 3600
          4.99       | 3600
          172801     | 3600
          0          | 3600
          -60        | 3600
          '-60'      | 3600
          ''         | 3600
          'soon'     | 3600
          '60s'      | 3600
          '60d'      | 3600
          '60f'      | 3600
          '0x40'     | 3600
          'Infinity' | 3600
          'NaN'      | 3600
          true       | 3600
          null       | 3600
          [60]       | 3600
          {}         | 3600
          """)
  void aTimeoutThatCanNotBeReadOrIsOutOfBoundsIsAnHour(String written, int expected) {
    assertEquals(
        expected,
        Scripts.timeoutSeconds(
            OptionalInt.empty(), Texts.values(Texts.q("{'timeoutSeconds':" + written + "}"))));
  }

  @Test
  void theTimeoutOfTheStepWinsAndNoneIsAnHour() {
    assertEquals(
        30, Scripts.timeoutSeconds(OptionalInt.of(30), Texts.values("{\"timeoutSeconds\":60}")));
    assertEquals(3_600, Scripts.timeoutSeconds(OptionalInt.empty(), Texts.values("{}")));
  }
}
