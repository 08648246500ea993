package dev.holdfast.agent.inventory;

import dev.holdfast.agent.disk.Disk;
import dev.holdfast.agent.inventory.TypeState.Pending;
import dev.holdfast.agent.inventory.TypeState.Refused;
import dev.holdfast.task.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The states of all types on disk: a line each, under a line with the epoch and a checksum. */
final class ToldFile {
  private static final String PATH = "inventory/told";
  private static final String FORM = "holdfast-inventory-2";
  private static final String NONE = "-";
  private static final int WORDS = 11;

  private final Disk disk;

  ToldFile(Disk disk) {
    this.disk = disk;
  }

  /**
   * What is remembered.
   *
   * @param epoch of the spool; empty if nothing is remembered
   */
  record Content(String epoch, List<TypeState> states) {
    /** Nothing. */
    static final Content NOTHING = new Content("", List.of());

    /** Copies the list. */
    Content {
      states = List.copyOf(states);
    }
  }

  /** Nothing if it is missing, damaged or of another form. */
  Content read() {
    List<String> lines =
        disk.read(PATH)
            .map(content -> new String(content, StandardCharsets.UTF_8).lines().toList())
            .orElse(List.of());
    if (lines.isEmpty()) {
      return Content.NOTHING;
    }
    List<String> rest = lines.subList(1, lines.size());
    String[] head = lines.getFirst().split(" ");
    if (head.length != 3 || !lines.getFirst().equals(head(head[1], rest))) {
      return Content.NOTHING;
    }
    try {
      List<TypeState> states = new ArrayList<>();
      for (String line : rest) {
        states.add(state(line.split(" ")));
      }
      return new Content(head[1], states);
    } catch (DateTimeException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return Content.NOTHING;
    }
  }

  /** Writes all of it at once. */
  void write(Content content) {
    List<String> lines = content.states().stream().map(ToldFile::line).toList();
    String text = head(content.epoch(), lines) + "\n" + String.join("\n", lines) + "\n";
    disk.write(PATH, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String head(String epoch, List<String> lines) {
    String start = FORM + " " + epoch;
    String all = start + "\n" + String.join("\n", lines);
    return start + " " + Sha256.of(all.getBytes(StandardCharsets.UTF_8));
  }

  private static String line(TypeState state) {
    return String.join(
        " ",
        state.type(),
        state.schemaVersion(),
        state.newest(),
        state.captured().toString(),
        Boolean.toString(state.owed()),
        state.acknowledged().orElse(NONE),
        state.pending().map(sent -> Long.toString(sent.sequence())).orElse("0"),
        state.pending().map(Pending::hash).orElse(NONE),
        Boolean.toString(state.pending().map(Pending::whole).orElse(false)),
        state.refused().map(Refused::hash).orElse(NONE),
        state.refused().map(content -> content.captured().toString()).orElse(NONE));
  }

  private static TypeState state(String[] words) {
    if (words.length != WORDS) {
      throw new ArrayIndexOutOfBoundsException(words.length);
    }
    return new TypeState(
        words[0],
        words[1],
        words[2],
        Instant.parse(words[3]),
        Boolean.parseBoolean(words[4]),
        some(words[5]),
        some(words[7])
            .map(
                hash ->
                    new Pending(Long.parseLong(words[6]), hash, Boolean.parseBoolean(words[8]))),
        some(words[9]).map(hash -> new Refused(hash, Instant.parse(words[10]))));
  }

  private static Optional<String> some(String word) {
    return word.equals(NONE) ? Optional.empty() : Optional.of(word);
  }
}
