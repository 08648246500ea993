package dev.holdfast.agent.run;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.process.Processes.Outputs;
import dev.holdfast.agent.step.Outcome;
import dev.holdfast.document.JsonText;
import dev.holdfast.document.Value;
import dev.holdfast.report.Drift;
import dev.holdfast.report.Output;
import dev.holdfast.task.Limits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Puts {@code ***} in place of secrets: as they are, without blanks around them, as they stand in
 * JSON, and line by line if they have several. What is left out between head and tail of an output
 * may cut one apart; its pieces at the cut are masked too. Values below {@link
 * Limits#SHORTEST_MASKED} bytes are not: they would be everywhere. Pure.
 */
final class Mask {
  /** In place of a secret; of a shorter piece of one as many: bounds still hold. */
  private static final ByteString STARS = ByteString.copyFromUtf8("***");

  /** Lines of a secret that are shorter say too little to be one. */
  private static final int SHORTEST_LINE = 8;

  private final List<byte[]> needles;

  private Mask(List<byte[]> needles) {
    this.needles = needles;
  }

  /** For these secrets. */
  static Mask of(Collection<String> secrets) {
    Set<String> texts = new TreeSet<>();
    for (String secret : secrets) {
      texts.add(secret);
      texts.add(secret.strip());
      String json = JsonText.canonical(new Value.Text(secret.strip()));
      texts.add(json.substring(1, json.length() - 1));
      secret
          .lines()
          .map(String::strip)
          .filter(line -> line.length() >= SHORTEST_LINE)
          .forEach(texts::add);
    }
    List<byte[]> needles = new ArrayList<>();
    for (String text : texts) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      if (bytes.length >= Limits.SHORTEST_MASKED) {
        needles.add(bytes);
      }
    }
    return new Mask(needles);
  }

  /** Text without them. */
  String text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    BitSet found = found(bytes);
    return found.isEmpty() ? text : replaced(bytes, 0, bytes.length, found).toStringUtf8();
  }

  /** Outputs without them. */
  Outputs outputs(Outputs outputs) {
    return new Outputs(output(outputs.stdout()), output(outputs.stderr()));
  }

  /** What became of a task, without them. */
  Outcome outcome(Outcome outcome) {
    return new Outcome(
        outcome.status(),
        outcome.exitCode(),
        text(outcome.stdout()),
        text(outcome.stderr()),
        outcome.changed(),
        outcome.drift().stream()
            .map(
                drift ->
                    new Drift(
                        text(drift.resource()),
                        text(drift.property()),
                        text(drift.actual()),
                        text(drift.desired())))
            .toList(),
        text(outcome.reason()));
  }

  /**
   * Output without them. The total is of what is left: how much a secret is longer than its mask
   * would tell its length.
   */
  Output output(Output output) {
    byte[] bytes = output.head().concat(output.tail()).toByteArray();
    int head = output.head().size();
    boolean cut = output.totalBytes() > bytes.length;
    BitSet found;
    if (cut) {
      found = found(output.head().toByteArray());
      BitSet inTail = found(output.tail().toByteArray());
      inTail.stream().forEach(at -> found.set(head + at));
      cutApart(bytes, head, found);
    } else {
      found = found(bytes);
    }
    if (found.isEmpty()) {
      return output;
    }
    if (!cut) {
      ByteString whole = replaced(bytes, 0, bytes.length, found);
      return new Output(whole, ByteString.EMPTY, whole.size());
    }
    ByteString before = replaced(bytes, 0, head, found);
    ByteString after = replaced(bytes, head, bytes.length, found);
    return new Output(
        before, after, output.totalBytes() - bytes.length + before.size() + after.size());
  }

  private BitSet found(byte[] bytes) {
    BitSet found = new BitSet();
    for (byte[] needle : needles) {
      for (int at = 0; at + needle.length <= bytes.length; at++) {
        if (bytes[at] == needle[0] && same(bytes, at, needle, 0, needle.length)) {
          found.set(at, at + needle.length);
        }
      }
    }
    return found;
  }

  /** Marks what may be the beginning of one before the cut, and the end of one behind it. */
  private void cutApart(byte[] bytes, int head, BitSet found) {
    for (byte[] needle : needles) {
      for (int length = Math.min(needle.length - 1, head); length > 0; length--) {
        if (same(bytes, head - length, needle, 0, length)) {
          found.set(head - length, head);
          break;
        }
      }
      for (int length = Math.min(needle.length - 1, bytes.length - head); length > 0; length--) {
        if (same(bytes, head, needle, needle.length - length, length)) {
          found.set(head, head + length);
          break;
        }
      }
    }
  }

  private static boolean same(byte[] bytes, int at, byte[] needle, int from, int length) {
    return Arrays.equals(bytes, at, at + length, needle, from, from + length);
  }

  /** A part of the bytes, with stars in place of each stretch that was found. */
  private static ByteString replaced(byte[] bytes, int from, int to, BitSet found) {
    ByteString.Output out = ByteString.newOutput();
    int at = from;
    while (at < to) {
      int begin = found.nextSetBit(at);
      int clear = begin < 0 ? to : Math.min(begin, to);
      out.write(bytes, at, clear - at);
      if (clear == to) {
        break;
      }
      at = Math.min(found.nextClearBit(clear), to);
      out.write(STARS.toByteArray(), 0, Math.min(STARS.size(), at - clear));
    }
    return out.toByteString();
  }
}
