package dev.holdfast.agent.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.step.Outcome;
import dev.holdfast.report.Drift;
import dev.holdfast.report.Output;
import dev.holdfast.report.RunStatus;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class MaskTest {
  private static final String SECRET = "s3cr3t-p4ss";

  @Test
  void aSecretIsMaskedWhereverItIs() {
    Mask mask = Mask.of(List.of(SECRET));

    assertEquals("***", mask.text(SECRET));
    assertEquals("a *** b ***c", mask.text("a s3cr3t-p4ss b s3cr3t-p4ssc"));
    assertEquals("***", mask.text(SECRET + SECRET), "how many there are is not told either");
    assertEquals("s3cr3t-p4s", mask.text("s3cr3t-p4s"));
    assertEquals("ü***ü", mask.text("ü" + SECRET + "ü"));
  }

  @Test
  void secretsWithinEachOtherAndAcrossEachOtherLeaveNothing() {
    Mask mask = Mask.of(List.of("abcdef", "cdefgh", "cdef"));

    assertEquals("***", mask.text("abcdefgh"));
    assertEquals("xx***yy", mask.text("xxcdefyy"));
  }

  @Test
  void itIsAlsoMaskedStrippedInJsonAndLineByLine() {
    Mask mask = Mask.of(List.of("  first line\nsecond \"line\"\n"));

    assertEquals("***", mask.text("first line\nsecond \"line\""));
    assertEquals("a *** b", mask.text("a first line b"));
    assertEquals("*** \n", mask.text("second \"line\" \n"));
    assertEquals("{\"p\":\"***\"}", mask.text("{\"p\":\"first line\\nsecond \\\"line\\\"\"}"));
  }

  @Test
  void shortValuesAreLeftSinceTheyAreEverywhere() {
    assertEquals("abc", Mask.of(List.of("abc")).text("abc"));
    assertEquals("***", Mask.of(List.of("abcd")).text("abcd"));
  }

  @Test
  void piecesAtTheCutOfALongOutputAreMasked() {
    Mask mask = Mask.of(List.of(SECRET));
    for (int cut = 0; cut <= SECRET.length(); cut++) {
      Output output =
          new Output(
              bytes("begin " + SECRET.substring(0, cut)),
              bytes(SECRET.substring(cut) + " end"),
              1_000);
      Output masked = mask.output(output);

      String told = masked.head().concat(masked.tail()).toStringUtf8();
      assertTrue(told.matches("begin \\*{0,3}\\*{0,3} end"), cut + ": " + told);
      assertTrue(masked.head().size() <= output.head().size(), "bounds hold");
      assertTrue(masked.tail().size() <= output.tail().size(), "bounds hold");
      assertEquals(
          1_000 - output.head().size() - output.tail().size(),
          masked.totalBytes() - masked.head().size() - masked.tail().size(),
          "as much is left out as before");
    }
  }

  @Test
  void whereNothingIsLeftOutASecretAcrossTheBoundaryIsFoundWhole() {
    Output masked =
        Mask.of(List.of(SECRET)).output(new Output(bytes("x s3cr3"), bytes("t-p4ss y"), 15));

    assertEquals("x *** y", masked.head().toStringUtf8());
    assertEquals(7, masked.totalBytes());
    Output clear = new Output(bytes("ends in s3"), ByteString.EMPTY, 10);
    assertEquals(clear, Mask.of(List.of(SECRET)).output(clear), "the stream ended so");
  }

  @Test
  void noMaskedBytesHaveASecretInThemWhateverTheyAre() {
    SplittableRandom random = new SplittableRandom(11);
    for (int round = 0; round < 3_000; round++) {
      List<String> secrets =
          List.of(letters(random, 4 + random.nextInt(3)), letters(random, 4 + random.nextInt(3)));
      String text = letters(random, random.nextInt(60));
      Mask mask = Mask.of(secrets);
      int head = text.isEmpty() ? 0 : random.nextInt(text.length());
      Output output =
          new Output(
              bytes(text.substring(0, head)),
              bytes(text.substring(head)),
              text.length() + random.nextInt(2));
      Output masked = mask.output(output);
      for (String secret : secrets) {
        assertFalse(mask.text(text).contains(secret), text);
        assertFalse(masked.head().toStringUtf8().contains(secret), text);
        assertFalse(masked.tail().toStringUtf8().contains(secret), text);
        assertFalse(masked.head().concat(masked.tail()).toStringUtf8().contains(secret), text);
      }
    }
  }

  @Test
  void whatATaskSaysIsMaskedInEveryField() {
    Outcome outcome =
        new Outcome(
            RunStatus.FAILED,
            1,
            SECRET,
            SECRET,
            true,
            List.of(new Drift(SECRET, SECRET, SECRET, SECRET)),
            "DownloadFailed: " + SECRET);

    assertEquals(
        new Outcome(
            RunStatus.FAILED,
            1,
            "***",
            "***",
            true,
            List.of(new Drift("***", "***", "***", "***")),
            "DownloadFailed: ***"),
        Mask.of(List.of(SECRET)).outcome(outcome));
  }

  private static String letters(SplittableRandom random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) ('a' + random.nextInt(2)));
    }
    return text.toString();
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
