package dev.holdfast.faults;

import com.google.protobuf.ByteString;
import dev.holdfast.document.Value;
import dev.holdfast.task.RunLimits;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Archives of what a step downloads that want to be unpacked elsewhere, as more, or for ever. */
final class WickedArchives implements Case {
  /** The only site whose archives are unpacked. */
  private static final String SITE = "api.github.com";

  private static final String CANARY = "as it was\n";
  private static final long MEBIBYTE = 1024 * 1024;
  private static final long GIBIBYTE = 1024 * MEBIBYTE;

  /** What every archive may take beside what it may unpack to: itself, and folders. */
  private static final long SLACK = MEBIBYTE;

  /** What an honest one leaves, so that a refusal is one of what is wicked. */
  private static final List<String> HONEST = List.of("a", "d", "d/b", "d/up");

  @Override
  public String id() {
    return "D07";
  }

  @Override
  public String claim() {
    return "an archive that would write elsewhere, make what is no file, or unpack to too much is"
        + " refused; nothing of it is left, inside or outside, and the disk never held more than it"
        + " may";
  }

  /**
   * An archive.
   *
   * @param below what is wanted of it; empty: all
   * @param expected what the step has to come to
   */
  private record Wicked(String name, ByteString archive, String below, String expected) {
    Wicked(String name, byte[] archive, String expected) {
      this(name, archive, "", expected);
    }

    Wicked(String name, byte[] archive, String below, String expected) {
      this(name, ByteString.copyFrom(archive), below, expected);
    }

    /** What it may take of the disk at any moment. */
    long cap() {
      long unpacked = Math.max(MEBIBYTE, (long) archive.size() * RunLimits.MAX_UNPACK_RATIO);
      return Math.min(RunLimits.MAX_DOWNLOAD_BYTES, unpacked) + archive.size() + SLACK;
    }
  }

  @Override
  public void run(Trial trial) throws Exception {
    FalseWeb web = FalseWeb.of(trial);
    // One of the many addresses of loopback, so that nobody else's port is in the way.
    String address =
        "127.%d.%d.%d"
            .formatted(
                1 + trial.random().nextInt(250),
                trial.random().nextInt(250),
                1 + trial.random().nextInt(250));
    web.name(SITE, address);
    HostileSite site = site(trial, web, address);
    for (int i = 0; i < trial.scale().of(1, 1, 10); i++) {
      Path folder = Files.createTempDirectory(trial.folder(), "archives");
      Path outside = Files.createDirectory(folder.resolve("outside"));
      Path canary = Files.writeString(outside.resolve("canary"), CANARY);
      List<Wicked> all = new ArrayList<>();
      all.addAll(leadingOut(outside));
      all.addAll(noFiles(canary));
      all.addAll(tooMuch(trial.scale()));
      unpack(trial, web, site, folder, all);
      // By itself: who does not bear it ends, and tells of no other.
      unpack(
          trial,
          web,
          site,
          Files.createTempDirectory(trial.folder(), "headers"),
          List.of(headers()));
      unchanged(trial, outside, canary);
    }
  }

  private static HostileSite site(Trial trial, FalseWeb web, String address) throws Exception {
    try {
      return web.secure(InetAddress.getByName(address), 443, List.of(SITE));
    } catch (BindException e) {
      trial.needs(false, "port 443 of loopback can't be had here: " + e.getMessage());
      throw e;
    }
  }

  private static void unpack(
      Trial trial, FalseWeb web, HostileSite site, Path folder, List<Wicked> all) throws Exception {
    Path there = Files.createDirectory(folder.resolve("there"));
    List<DownloadCases.Download> steps = new ArrayList<>();
    for (Wicked each : all) {
      site.on(
          "/repos/wicked/" + each.name + "/tarball", HostileSite.page(each.archive.toByteArray()));
      steps.add(
          new DownloadCases.Download(
              each.name,
              "GitHub",
              Map.of("owner", "wicked", "repository", each.name, "path", each.below),
              there.resolve(each.name) + "/",
              60));
    }
    DocumentRun run;
    Growth growth;
    try (Growth watched = Growth.of(there)) {
      growth = watched;
      run = DocumentRun.of(folder, DownloadCases.document(steps), List.of(), web.within());
    }
    trial.largest(Figure.PEAK_RSS, run.peakMegabytes());
    trial.require(run.steps().size() == all.size(), "not every step is told: " + run.said());
    for (int i = 0; i < run.steps().size(); i++) {
      Wicked each = all.get(i);
      Value.Fields step = run.steps().get(i);
      trial.count(Figure.FAULTS, 1);
      trial.require(
          DownloadCases.came(step, each.expected),
          each.name + " came to " + DownloadCases.told(step) + " instead of " + each.expected);
      List<String> left = files(there.resolve(each.name));
      trial.require(
          left.equals(each.expected.equals("Success") ? HONEST : List.of()),
          each.name + " left " + left.stream().limit(5).toList());
      trial.require(
          growth.most(each.name) <= each.cap(),
          each.name + " took " + growth.most(each.name) + " bytes of at most " + each.cap());
      if (growth.most(each.name) > MEBIBYTE) {
        trial.note(each.name + "-mib", growth.most(each.name) / MEBIBYTE);
      }
    }
  }

  /** All that is below a folder. */
  private static List<String> files(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(path -> !path.equals(folder))
          .map(path -> folder.relativize(path).toString())
          .sorted()
          .toList();
    }
  }

  private static void unchanged(Trial trial, Path outside, Path canary) throws IOException {
    trial.require(files(outside).equals(List.of("canary")), "outside is " + files(outside));
    trial.require(Files.readString(canary).equals(CANARY), "what is outside was written to");
    trial.require(
        Files.getAttribute(canary, "unix:nlink", LinkOption.NOFOLLOW_LINKS).equals(1),
        "there is a hard link to what is outside");
  }

  private static Archive honest() throws IOException {
    return new Archive().folder("r/").file("r/a", "a").file("r/d/b", "b").link("r/d/up", "../a");
  }

  /** From the folder in which it is unpacked it is three up to that of the case. */
  private static List<Wicked> leadingOut(Path outside) throws IOException {
    String unsafe = "UnsafeArchive";
    String up = "../../../outside";
    return List.of(
        new Wicked("honest", honest().done(), "Success"),
        new Wicked("up", new Archive().file("r/" + up + "/slipped", "x").done(), unsafe),
        new Wicked("up-at-once", new Archive().file(up + "/slipped", "x").done(), unsafe),
        new Wicked("up-after-more", honest().file("r/d/../../" + up + "/s", "x").done(), unsafe),
        new Wicked("absolute", honest().file(outside + "/slipped", "x").done(), unsafe),
        new Wicked(
            "absolute-by-pax",
            honest().pax("path", outside + "/slipped").file("r/e", "x").done(),
            unsafe),
        new Wicked(
            "up-by-pax", honest().pax("path", "r/" + up + "/s").file("r/e", "x").done(), unsafe),
        new Wicked(
            "long-name-up",
            honest().entry("././@LongLink", 'L', 0, "r/" + up + "/s\0", "").file("r/e", "x").done(),
            unsafe),
        new Wicked("folder-up", honest().folder("r/" + up + "/made/").done(), unsafe),
        new Wicked("backslash", honest().file("r/..\\..\\x", "x").done(), unsafe),
        new Wicked(
            "link-then-write",
            honest().link("r/l", outside.toString()).file("r/l/slipped", "x").done(),
            unsafe),
        new Wicked(
            "link-up-then-write", honest().link("r/l", up).file("r/l/slipped", "x").done(), unsafe),
        new Wicked(
            "link-within-then-write",
            honest().link("r/l", "d").file("r/l/x", "x").done(),
            "DestinationInUse"),
        new Wicked(
            "links-together",
            honest().link("r/d/top", "..").link("r/l", "d/top/../../..").file("r/l/x", "x").done(),
            unsafe),
        new Wicked(
            "link-by-pax",
            honest().pax("linkpath", outside.toString()).link("r/l", "a").done(),
            unsafe),
        new Wicked(
            "file-over-link", honest().link("r/l", "a").file("r/l", "changed").done(), unsafe));
  }

  private static List<Wicked> noFiles(Path canary) throws IOException {
    String unsafe = "UnsafeArchive";
    return List.of(
        new Wicked(
            "hard-link", honest().entry("r/h", '1', 0644, "", canary.toString()).done(), unsafe),
        new Wicked(
            "hard-link-then-write",
            honest().entry("r/h", '1', 0644, "", canary.toString()).file("r/h", "x").done(),
            unsafe),
        new Wicked("hard-link-within", honest().entry("r/h", '1', 0644, "", "r/a").done(), unsafe),
        new Wicked("character-device", honest().entry("r/c", '3', 0666, "", "").done(), unsafe),
        new Wicked("block-device", honest().entry("r/b", '4', 0666, "", "").done(), unsafe),
        new Wicked("pipe", honest().entry("r/p", '6', 0666, "", "").done(), unsafe),
        new Wicked("setuid", honest().entry("r/s", '0', 04755, "x", "").done(), unsafe),
        new Wicked("setgid", honest().entry("r/s", '0', 02755, "x", "").done(), unsafe),
        new Wicked("setgid-folder", honest().entry("r/s/", '5', 02755, "", "").done(), unsafe),
        new Wicked("unknown-type", honest().entry("r/q", 'Q', 0644, "", "").done(), unsafe),
        new Wicked(
            "no-archive", "none\n".repeat(100).getBytes(StandardCharsets.UTF_8), "DownloadFailed"),
        new Wicked(
            "cut", cut(honest().file("r/long", "x".repeat(9_000)).open()), "DownloadFailed"));
  }

  private static byte[] cut(byte[] archive) {
    return Arrays.copyOf(archive, archive.length / 2);
  }

  private static List<Wicked> tooMuch(Scale scale) throws IOException {
    byte[] file = new Archive().header("r/zeros", '0', 0644, 4 * GIBIBYTE, "").open();
    List<Wicked> all = new ArrayList<>();
    all.add(new Wicked("small", Archive.joined(file, Archive.zeros(40)), "TooLarge"));
    all.add(
        new Wicked(
            "sparse", honest().entry("r/sparse", 'S', 0644, "", "").done(), "UnsafeArchive"));
    all.add(
        new Wicked(
            "sparse-by-pax",
            honest()
                .pax("GNU.sparse.major", "1", "GNU.sparse.realsize", "" + 4 * GIBIBYTE)
                .file("r/sparse", "1\n0\n0\n")
                .done(),
            "DownloadFailed"));
    all.add(
        new Wicked(
            "says-more-than-it-has",
            honest().header("r/e", '0', 0644, 1L << 60, "").open(),
            "DownloadFailed"));
    all.add(new Wicked("many", many(scale.of(20_000, 200_000, 200_000)), "TooLarge"));
    if (scale != Scale.SMOKE) {
      byte[] zeros = Archive.zeros((int) (4 * GIBIBYTE / MEBIBYTE));
      all.add(new Wicked("gigabytes", Archive.joined(file, zeros), "TooLarge"));
      all.add(
          new Wicked("gigabytes-passed-over", Archive.joined(file, zeros), "wanted/", "TooLarge"));
    }
    return all;
  }

  private static byte[] many(int entries) throws IOException {
    Archive archive = new Archive().folder("r/");
    for (int i = 0; i < entries; i++) {
      archive.header("r/f" + i, '0', 0644, 0, "");
    }
    return archive.done();
  }

  /** More about one file than the agent has memory for. */
  private static Wicked headers() throws IOException {
    Archive archive = honest();
    for (int header = 0; header < 600; header++) {
      String[] records = new String[5_000];
      for (int i = 0; i < records.length; i += 2) {
        records[i] = "k" + header + "." + i;
        records[i + 1] = "v";
      }
      archive.pax(records);
    }
    return new Wicked("headers", archive.file("r/e", "x").done(), "DownloadFailed");
  }
}
