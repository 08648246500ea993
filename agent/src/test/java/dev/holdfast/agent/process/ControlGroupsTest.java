package dev.holdfast.agent.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.process.Containment.Kind;
import dev.holdfast.agent.process.ControlGroups.Place;
import dev.holdfast.task.RunLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which control groups are chosen on hosts of every kind, and what is written to them. */
final class ControlGroupsTest {
  private static final String MARK = "0123456789abcdef0123456789abcdef";

  /** A host of today: one hierarchy, and the agent in the group of its service. */
  private static final String UNIFIED_MOUNTS =
      """
      23 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw
      31 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate
      """;

  private static final String UNIFIED_OWN = "0::/system.slice/holdfast-agent.service\n";

  /** A host of yesterday: a hierarchy for each controller, and one that only names. */
  private static final String MANY_MOUNTS =
      """
      30 25 0:26 / /sys/fs/cgroup/systemd rw shared:9 - cgroup cgroup rw,xattr,name=systemd
      31 25 0:27 / /sys/fs/cgroup/freezer rw shared:10 - cgroup cgroup rw,freezer
      32 25 0:28 / /sys/fs/cgroup/pids rw shared:11 - cgroup cgroup rw,pids
      33 25 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
      """;

  private static final String MANY_OWN =
      """
      8:pids:/system.slice/a.service
      6:freezer:/
      4:cpu,cpuacct:/system.slice
      1:name=systemd:/system.slice/a.service
      """;

  @TempDir private Path root;

  @Test
  void theOwnGroupIsWhereTheHierarchyIsMounted() {
    assertEquals(
        List.of(
            new Place(List.of(), Path.of("/sys/fs/cgroup/system.slice/holdfast-agent.service"))),
        ControlGroups.places(UNIFIED_MOUNTS, UNIFIED_OWN));
    assertEquals(
        List.of(
            new Place(List.of("pids"), Path.of("/sys/fs/cgroup/pids/system.slice/a.service")),
            new Place(List.of("freezer"), Path.of("/sys/fs/cgroup/freezer")),
            new Place(
                List.of("cpu", "cpuacct"), Path.of("/sys/fs/cgroup/cpu,cpuacct/system.slice")),
            new Place(
                List.of("name=systemd"), Path.of("/sys/fs/cgroup/systemd/system.slice/a.service"))),
        ControlGroups.places(MANY_MOUNTS, MANY_OWN));
  }

  @Test
  void aMountOfPartOfAHierarchyShowsTheRest() {
    String mounts = "31 23 0:26 /docker/abc /mnt/a\\040b rw - cgroup2 cgroup2 rw\n";

    assertEquals(
        List.of(new Place(List.of(), Path.of("/mnt/a b/x"))),
        ControlGroups.places(mounts, "0::/docker/abc/x\n"));
    assertEquals(
        List.of(new Place(List.of(), Path.of("/mnt/a b"))),
        ControlGroups.places(mounts, "0::/docker/abc\n"));
    assertEquals(List.of(), ControlGroups.places(mounts, "0::/docker/abcd\n"), "not in the mount");
    assertEquals(List.of(), ControlGroups.places(mounts, "0::/docker/abc/../..\n"), "above it");
    assertEquals(List.of(), ControlGroups.places("nonsense\n", "nonsense\n0::/\n"));
  }

  @Test
  void theOneThatCanDoMostIsChosen() {
    Place unified = place();
    Place freezer = place("freezer");
    Place pids = place("cpu", "pids");
    Place named = place("name=systemd");
    List<Place> all = List.of(named, pids, freezer, unified);

    assertEquals(chosen(Kind.UNIFIED, unified, Optional.of(pids)), choose(all, Set.of()));
    assertEquals(chosen(Kind.FREEZER, freezer, Optional.of(pids)), choose(all, Set.of(unified)));
    assertEquals(chosen(Kind.PIDS, pids, Optional.of(pids)), choose(all, Set.of(unified, freezer)));
    assertEquals(
        chosen(Kind.NAMED, named, Optional.empty()), choose(all, Set.of(unified, freezer, pids)));
    assertEquals(
        new Containment(Kind.NONE, Optional.empty(), Optional.empty(), true),
        choose(all, Set.of(unified, freezer, pids, named)));
    assertEquals("cgroup v2, tasks bounded, tagged", choose(all, Set.of()).text());
    assertEquals("none, tagged", choose(List.of(), Set.of()).text());
  }

  @Test
  void aHostWithoutProcHasNone() {
    assertEquals(Kind.NONE, ControlGroups.choose(root, false).kind());
  }

  @Test
  void aHostIsReadAsItIs() throws IOException {
    Path proc = Files.createDirectories(root.resolve("proc/self"));
    Files.writeString(proc.resolve("mountinfo"), UNIFIED_MOUNTS);
    Files.writeString(proc.resolve("cgroup"), UNIFIED_OWN);
    Path ours = root.resolve("sys/fs/cgroup/system.slice/holdfast-agent.service/holdfast");

    assertEquals(Kind.NONE, ControlGroups.choose(root, false).kind(), "no file to join by");

    Files.createDirectories(ours);
    Files.createFile(ours.resolve("cgroup.procs"));
    assertEquals(
        new Containment(Kind.UNIFIED, Optional.of(ours), Optional.empty(), false),
        ControlGroups.choose(root, false));

    Files.createFile(ours.resolve("pids.max"));
    assertEquals(
        new Containment(Kind.UNIFIED, Optional.of(ours), Optional.of(ours), false),
        ControlGroups.choose(root, false),
        "the controller is switched on for us");
  }

  @Test
  void aGroupOfVersion2IsEndedByOneWriteOrFrozenWhereThatIsNotKnown() throws IOException {
    Path own = like("cgroup.procs", "cgroup.kill", "cgroup.freeze", "pids.max");
    Group group = new Group(own, Optional.of(own));

    group.make();
    assertEquals(
        Integer.toString(RunLimits.MAX_SCRIPT_TASKS), Files.readString(own.resolve("pids.max")));
    assertTrue(group.kill());
    assertEquals("1", Files.readString(own.resolve("cgroup.kill")));

    Files.delete(own.resolve("cgroup.kill"));
    assertFalse(group.kill());
    assertFalse(Files.exists(own.resolve("cgroup.kill")), "never made by a write");
    group.hold();
    assertEquals("1", Files.readString(own.resolve("cgroup.freeze")));
    assertEquals("0", Files.readString(own.resolve("pids.max")));
    group.release();
    assertEquals("0", Files.readString(own.resolve("cgroup.freeze")));
    assertEquals(List.of(own), group.folders());
  }

  @Test
  void aGroupOfVersion1IsFrozenWhileItIsEnded() throws IOException {
    Path own = like("cgroup.procs", "freezer.state");
    Group group = new Group(own, Optional.empty());

    assertFalse(group.kill());
    group.hold();
    assertEquals("FROZEN", Files.readString(own.resolve("freezer.state")));
    group.release();
    assertEquals("THAWED", Files.readString(own.resolve("freezer.state")));
  }

  @Test
  void aGroupThatCanNeitherEndNorFreezeMayNotGrow() throws IOException {
    Path own = like("cgroup.procs");
    Path counted = Files.createDirectories(root.resolve("pids").resolve(MARK));
    Files.createFile(counted.resolve("pids.max"));
    Group group = new Group(own, Optional.of(counted));

    group.hold();
    group.release();

    assertEquals("0", Files.readString(counted.resolve("pids.max")));
    assertEquals(List.of(own, counted), group.folders());
  }

  @Test
  void theProcessesOfAGroupAreThoseBelowItToo() throws IOException {
    Path own = like("cgroup.procs");
    Files.writeString(own.resolve("cgroup.procs"), "12\n13\n");
    Path made = Files.createDirectories(own.resolve("made/by/the script"));
    Files.writeString(made.resolve("cgroup.procs"), "13\n14\n0\n");

    assertEquals(Set.of(12L, 13L, 14L), new Group(own, Optional.empty()).processes());
    assertEquals(Set.of(), new Group(root.resolve("gone"), Optional.empty()).processes());
  }

  @Test
  void onlyEmptyGroupsAreTakenAwayAndNoneThatIsInUse() throws IOException {
    Path groups = Files.createDirectories(root.resolve("holdfast"));
    Files.createDirectories(groups.resolve("empty/below"));
    Files.createDirectories(groups.resolve("in-use"));
    Files.createDirectories(groups.resolve("full"));
    Files.createFile(groups.resolve("full/cgroup.procs"));

    Group.sweep(groups, Set.of("in-use"));

    List<String> left = new ArrayList<>();
    try (var entries = Files.newDirectoryStream(groups)) {
      entries.forEach(entry -> left.add(entry.getFileName().toString()));
    }
    assertEquals(List.of("full", "in-use"), left.stream().sorted().toList());
    Group.sweep(root.resolve("no/such/folder"), Set.of());
  }

  private Place place(String... controllers) {
    return new Place(List.of(controllers), root.resolve("at-" + String.join("-", controllers)));
  }

  private static Containment chosen(Kind kind, Place groups, Optional<Place> counted) {
    return new Containment(kind, Optional.of(groups.folder()), counted.map(Place::folder), true);
  }

  private static Containment choose(List<Place> places, Set<Place> unusable) {
    List<Path> folders = unusable.stream().map(Place::folder).toList();
    return ControlGroups.choose(places, folder -> !folders.contains(folder), true);
  }

  private Path like(String... files) throws IOException {
    Path own = Files.createDirectories(root.resolve("holdfast").resolve(MARK));
    for (String file : files) {
      Files.createFile(own.resolve(file));
    }
    return own;
  }
}
