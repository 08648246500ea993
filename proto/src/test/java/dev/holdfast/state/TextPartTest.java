package dev.holdfast.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TextPartTest {
  /** Slashes stand for the ends of lines. */
  @ParameterizedTest(name = "{0}, {1} in {2}")
  @CsvSource({
    "b, , '', b/",
    "b, , a/, a/b/",
    "b, , a, a/b/",
    "b, , a/b/c/, a/b/c/",
    "b, ^b, a/bb/c/, a/b/c/",
    "b, ^b, a/bb/c/bbb/, a/b/c/",
    "b, ^b, a/b/c/bbb/, a/b/c/",
    "b, ^x, a/, a/b/",
    "b, ^x, a/b/, a/b/",
    "b, ^x, x/b/, b/",
    "b, ^#?b, #b/#b/a/, b/a/",
  })
  void oneLineIsThereOnce(String line, String match, String before, String after) {
    TextPart part = new TextPart.Line(line, Optional.ofNullable(match));

    assertEquals(lines(after), part.put(lines(before)));
  }

  @ParameterizedTest(name = "{0}, {1} in {2}")
  @CsvSource({
    "b, , '', ''",
    "b, , a/, a/",
    "b, , a, a",
    "b, , a/b/c/b/, a/c/",
    "b, ^x, a/xx/b/, a/",
    "b, , b/, ''",
  })
  void aLineIsNowhereOnceItIsRemoved(String line, String match, String before, String after) {
    TextPart part = new TextPart.Line(line, Optional.ofNullable(match));

    assertEquals(lines(after), part.remove(lines(before)));
  }

  @Test
  void aBlockIsAddedChangedAndRemovedAndTheRestStays() {
    TextPart.Block block = new TextPart.Block("x", "#", "one\ntwo\n");
    String added = "a\n# BEGIN holdfast x\none\ntwo\n# END holdfast x\n";

    assertEquals(added, block.put("a\n"));
    assertEquals(added + "z\n", block.put("a\n# BEGIN holdfast x\nother\n# END holdfast x\nz\n"));
    assertEquals("a\nz\n", block.remove(added + "z\n"));
    assertEquals("a\n", block.remove("a\n"));
    assertEquals("# BEGIN holdfast x\n# END holdfast x\n", empty().put(""));
  }

  @Test
  void blocksOfOtherNamesAreOthers() {
    String other = "# BEGIN holdfast y\nkept\n# END holdfast y\n";

    assertEquals(other, empty().remove(other));
    assertEquals(other + "# BEGIN holdfast x\n# END holdfast x\n", empty().put(other));
  }

  @Test
  void aBlockWhoseEndIsMissingTakesNothingOfTheFileWithIt() {
    assertEquals(
        "a\nb\n# BEGIN holdfast x\n# END holdfast x\n", empty().put("a\n# BEGIN holdfast x\nb\n"));
  }

  @Test
  void whatWasPutIsFoundToBeThere() {
    List<TextPart> parts =
        List.of(
            empty(),
            new TextPart.Block("x", "//", "a\n\nb"),
            new TextPart.Line("a", Optional.of("^a")),
            new TextPart.Line("", Optional.empty()));
    for (TextPart part : parts) {
      for (String text :
          List.of("", "\n", "a", "a\n", "b\na\na\n", "# BEGIN holdfast x\n", "\n\n")) {
        String once = part.put(text);
        assertEquals(once, part.put(once), part + " in '" + text + "'");
        assertEquals(part.remove(once), part.remove(part.remove(once)));
      }
    }
  }

  private static TextPart.Block empty() {
    return new TextPart.Block("x", "#", "");
  }

  private static String lines(String text) {
    return text.replace('/', '\n');
  }
}
