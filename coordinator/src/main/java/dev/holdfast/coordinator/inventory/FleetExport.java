package dev.holdfast.coordinator.inventory;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.admin.Feeds;
import dev.holdfast.coordinator.admin.Pages;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Sight;
import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.wire.v1.ExportFleetRequest;
import dev.holdfast.wire.v1.ExportFleetResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * The stream of an export: file after file, each as it is when its turn comes. No more than one
 * file is held. The cursor stays before a file until its last line, so that one that was cut comes
 * again whole.
 */
final class FleetExport implements Feeds.Source<ExportFleetResponse> {
  /** Characters of the lines that are handed on at once, one line more or less. */
  private static final int CHUNK_CHARS = 256 * 1024;

  /** Files, or instances without any, that are looked at in one go. */
  private static final int MOST_AT_ONCE = 200;

  private final Calls calls;
  private final Sight sight;
  private final String principal;
  private final FleetFiles files;
  private final Deque<Feeds.Item<ExportFleetResponse>> lines = new ArrayDeque<>();
  private final Deque<FleetFiles.Place> places = new ArrayDeque<>();
  private FleetFiles.Place done;
  private boolean over;

  /**
   * Begins or goes on.
   *
   * @param domain whose fleet it is
   * @throws Refusal if the cursor is none
   */
  FleetExport(Calls calls, String domain, ExportFleetRequest request) {
    this.calls = calls;
    this.files = new FleetFiles(domain, new HashSet<>(request.getTypesList()));
    this.sight = Caller.sight();
    this.principal = Caller.name();
    String after = Pages.after(principal, request.getAfter());
    int bar = after.indexOf('|');
    this.done =
        bar < 0
            ? FleetFiles.Place.START
            : new FleetFiles.Place(after.substring(0, bar), after.substring(bar + 1));
    if (InstanceId.isValid(done.instance())) {
      calls.view(
          sight,
          read -> places.addAll(files.of(read, new InstanceId(done.instance()), done.type())));
    } else if (!done.instance().isEmpty()) {
      throw new Refusal(
          "InvalidNextToken",
          "the cursor is none that was given out",
          List.of(new Refusal.Finding("after", "is none that was given out")));
    }
  }

  @Override
  public Feeds.Chunk<ExportFleetResponse> next() {
    if (lines.isEmpty() && !over) {
      calls.view(sight, this::read);
    }
    List<Feeds.Item<ExportFleetResponse>> chunk = new ArrayList<>();
    int chars = 0;
    while (!lines.isEmpty() && chars < CHUNK_CHARS) {
      Feeds.Item<ExportFleetResponse> line = lines.remove();
      chars += line.message().getLine().length();
      chunk.add(line);
    }
    boolean last = over && lines.isEmpty();
    return new Feeds.Chunk<>(chunk, !last, last, Optional.empty());
  }

  /** Looks for what follows, on one view of the rows; says whether anything was found. */
  private boolean read(Read read) {
    for (int looked = 0; looked < MOST_AT_ONCE && lines.isEmpty(); looked++) {
      if (places.isEmpty()) {
        Optional<InstanceId> instance = FleetFiles.next(read, done.instance());
        if (instance.isEmpty()) {
          over = true;
          return false;
        }
        done = new FleetFiles.Place(instance.get().value(), "");
        places.addAll(files.of(read, instance.get(), ""));
      } else {
        add(files.file(read, places.remove()));
      }
    }
    return !lines.isEmpty();
  }

  private void add(FleetFiles.File file) {
    String before = cursor(done);
    done = file.place();
    String path = files.path(done);
    for (int i = 0; i < file.lines().size(); i++) {
      String cursor = i == file.lines().size() - 1 ? cursor(done) : before;
      lines.add(
          new Feeds.Item<>(
              ExportFleetResponse.newBuilder()
                  .setPath(path)
                  .setLine(file.lines().get(i))
                  .setCursor(cursor)
                  .build(),
              cursor));
    }
  }

  private String cursor(FleetFiles.Place place) {
    return Pages.token(principal, place.instance() + "|" + place.type());
  }
}
