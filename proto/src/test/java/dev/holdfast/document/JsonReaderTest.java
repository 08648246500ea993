package dev.holdfast.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.holdfast.document.DocumentReading.Format;
import dev.holdfast.testing.Cases;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JSON to the letter, and YAML that means the same. */
final class JsonReaderTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          {"a":1,}              | 1:8 not JSON: a key in double quotes is expected
          [1,]                  | 1:4 not JSON: a value is expected
          {'a':1}               | 1:2 not JSON: a key in double quotes is expected
          {a:1}                 | 1:2 not JSON: a key in double quotes is expected
          {"a" 1}               | 1:6 not JSON: ':' is expected, after a key
          {"a":1 "b":2}         | 1:8 not JSON: '}' is expected, or a comma, after a value
          [1 2]                 | 1:4 not JSON: ']' is expected, or a comma, after a value
          [1                    | 1:3 not JSON: ']' is expected, or a comma, after a value
          {"a":                 | 1:6 not JSON: the text ends where a value is expected
          "a                    | 1:1 not JSON: a text without its closing quote
          "a\\x"                | 1:3 not JSON: a backslash is followed by one of " \\ / b f n r t u
          "\\u12g4"             | 1:6 not JSON: \\u is followed by four hexadecimal digits
          "\\ud800"             | 1:1 half a character, U+D800, in a text
          "\\udc00\\ud800"      | 1:1 half a character, U+DC00, in a text
          "\\u0000"             | 1:1 the character U+0000 in a text
          truth                 | 1:1 not JSON: a value is expected
          True                  | 1:1 not JSON: a value is expected
          nul                   | 1:1 not JSON: a value is expected
          01                    | 1:2 not JSON: something follows the end of the value
          .5                    | 1:1 not JSON: a value is expected
          5.                    | 1:2 not JSON: something follows the end of the value
          +5                    | 1:1 not JSON: a value is expected
          0x10                  | 1:2 not JSON: something follows the end of the value
          NaN                   | 1:1 not JSON: a value is expected
          [1] // x              | 1:5 not JSON: something follows the end of the value
          {"a":1,"a":2}         | 1:8 the key 'a' a second time
          1e99999999999         | 1:1 a number of more than 40 digits
          [&a 1]                | 1:2 not JSON: a value is expected
          """)
  void whatIsNoJsonIsRefusedWhereItStopsBeingIt(String text, String expected) {
    assertEquals(List.of(expected), problems(text));
  }

  @Test
  void rawControlCharactersAreNoJsonAndBlanksBetweenAreAnyOfFour() {
    assertEquals(
        List.of("1:3 not JSON: the control character U+0009 in a text; it has to be escaped"),
        problems("\"a\tb\""));
    assertEquals(List.of(), problems("\t\r\n {\t\"a\"\r:\n[ ]\t}\n"));
    assertEquals(1, problems("\u00a0[]").size());
  }

  @Test
  void escapesAndNumbersAreWhatTheyMean() {
    assertEquals(
        new Value.Text("\"\\/\b\f\n\r\t\u00e9\ud83d\ude00"),
        Texts.value("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\ude00\""));
    assertEquals(new Value.Num(new BigDecimal("-1.50E+2")), Texts.value("-1.50e+2"));
    assertEquals("-150", JsonText.inText(Texts.value("-1.50e+2")));
  }

  @Test
  void placesCountCharactersAsPeopleDo() {
    assertEquals(
        List.of("2:12 not JSON: a value is expected"),
        problems("[\n\"\ud83d\ude00\u00e9\",  12, x]"));
  }

  @Test
  void whateverIsWrittenIsReadBackFromEveryForm() {
    Cases.check(
        300,
        random -> {
          Value value = new Value.Fields(Map.of("root", random(random, 0)));
          String line = JsonText.line(value);
          assertEquals(value, Texts.value(line));
          assertEquals(value, Texts.value(JsonText.pretty(value)));
          String yaml = DocumentText.convert(line, Format.JSON, Format.YAML);
          List<Problem> problems = new ArrayList<>();
          Optional<Value> read = TextReader.read(yaml, false, problems).map(Located::value);
          assertEquals(List.of(), problems, yaml);
          assertEquals(JsonText.canonical(value), read.map(JsonText::canonical).orElse(""), yaml);
        });
  }

  @Test
  void cutTextsAreRefusedAndNeverAnythingWorse() {
    String text =
        Texts.with("{\"p\":{\"type\":\"String\"}}", Texts.step("{\"runCommand\":[\"\\u00e9\"]}"));
    for (int end = 0; end < text.length(); end++) {
      assertFalse(problems(text.substring(0, end)).isEmpty(), text.substring(0, end));
    }
    Cases.check(
        500,
        random -> {
          byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
          for (int i = 0; i < 3; i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(128);
          }
          DocumentReading reading = DocumentReader.read(bytes);
          assertEquals(reading.errors().isEmpty(), reading.document().isPresent());
        });
  }

  private static Value random(RandomGenerator random, int depth) {
    String[] texts = {
      "", "a b", "true", "~", "null", "0x1F", "1e3", "- x", "a: b", "#", "é\n x", "'", "\"", "2.0",
      " y ", "<&>", "Yes", ".inf", "0o17", "{{ p }}"
    };
    return switch (random.nextInt(depth > 4 ? 4 : 6)) {
      case 0 -> new Value.Null();
      case 1 -> new Value.Flag(random.nextBoolean());
      case 2 -> new Value.Num(BigDecimal.valueOf(random.nextInt(-1_000, 1_000)));
      case 3 -> new Value.Text(texts[random.nextInt(texts.length)]);
      case 4 -> {
        List<Value> items = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          items.add(random(random, depth + 1));
        }
        yield new Value.Items(items);
      }
      default -> {
        Map<String, Value> fields = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          fields.put(texts[random.nextInt(texts.length)], random(random, depth + 1));
        }
        yield new Value.Fields(fields);
      }
    };
  }

  private static List<String> problems(String json) {
    List<Problem> problems = new ArrayList<>();
    DocumentReader.readJson(json.getBytes(StandardCharsets.UTF_8), problems);
    return problems.stream().map(Problem::text).toList();
  }
}
