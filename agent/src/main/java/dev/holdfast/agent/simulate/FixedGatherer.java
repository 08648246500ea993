package dev.holdfast.agent.simulate;

import dev.holdfast.agent.inventory.Gatherer;
import dev.holdfast.agent.inventory.Gathering;
import dev.holdfast.inventory.Items;
import dev.holdfast.report.Report;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The inventory of a host that is not there: a few applications, the same ones every time. */
public final class FixedGatherer implements Gatherer {
  private static final String TYPE = "AWS:Application";
  private static final List<Map<String, String>> ITEMS =
      List.of(application("base-files", "13"), application("libc6", "2.41"));
  private static final String HASH = Items.hash(ITEMS);

  private final InstantSource clock;

  /** With the clock that says when it was gathered. */
  public FixedGatherer(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public Found gather(Gathering wanted) {
    if (!wanted.types().contains(TYPE)) {
      return Found.of(List.of());
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return Found.of(List.of(new Report.Inventory(TYPE, "1.1", now, HASH, ITEMS)));
  }

  @Override
  public Set<String> types() {
    return Set.of(TYPE);
  }

  private static Map<String, String> application(String name, String version) {
    return new TreeMap<>(Map.of("Name", name, "Version", version, "Architecture", "x86_64"));
  }
}
