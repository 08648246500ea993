package dev.holdfast.agent.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Archives: what is unpacked, and what is refused with nothing left outside. */
final class UnpackingTest {
  @TempDir private Path folder;

  @Test
  void theFolderThatIsAskedForIsUnpackedWithItsLinksAndLongNames() throws IOException {
    String longName = "n".repeat(120);
    byte[] archive =
        new TarBytes()
            .pax('g', "comment", "a commit")
            .folder("repo-1/")
            .file("repo-1/README", "not wanted")
            .folder("repo-1/scripts/")
            .file("repo-1/scripts/run.sh", "echo hello\n")
            .file("repo-1/scripts/deep/er/x", "x")
            .link("repo-1/scripts/deep/link", "../run.sh")
            .pax('x', "path", "repo-1/scripts/" + longName)
            .file("repo-1/scripts/cut", "long")
            .entry(
                "././@LongLink",
                'L',
                0,
                ("repo-1/scripts/g" + longName + "\0").getBytes(StandardCharsets.UTF_8),
                "")
            .file("repo-1/scripts/cut", "gnu")
            .file("repo-1/scripts2/y", "not wanted")
            .done();

    assertEquals(5, unpack(archive, "scripts"));

    assertEquals(
        List.of("deep", "deep/er", "deep/er/x", "deep/link", "g" + longName, longName, "run.sh"),
        files(folder.resolve("top")));
    assertEquals("echo hello\n", Files.readString(folder.resolve("top/deep/link")));
  }

  @Test
  void whatMeansHarmIsRefusedAndNothingIsWrittenOutside() throws IOException {
    Map<String, TarBytes> archives = new LinkedHashMap<>();
    archives.put("goes up", new TarBytes().file("r/../../slipped", "x"));
    archives.put("goes up within", new TarBytes().file("r/a/../b", "x"));
    archives.put("absolute", new TarBytes().file("/tmp/slipped", "x"));
    archives.put("absolute by pax", new TarBytes().pax('x', "path", "/slipped").file("r/a", "x"));
    archives.put("goes up by pax", new TarBytes().pax('x', "path", "r/../../s").file("r/a", "x"));
    archives.put("backslash", new TarBytes().file("r/..\\..\\x", "x"));
    archives.put("link that is absolute", new TarBytes().link("r/l", "/etc/passwd"));
    archives.put("link that goes up", new TarBytes().link("r/l", "../../x"));
    archives.put("link that goes down and up", new TarBytes().link("r/a/l", "b/../../../x"));
    archives.put(
        "link, then write through it",
        new TarBytes().folder("r/d/").link("r/l", "d").file("r/l/slipped", "x"));
    archives.put(
        "links that go out together",
        new TarBytes().folder("r/a/b/").link("r/a/b/up", "../..").link("r/out", "a/b/up/../../x"));
    archives.put("file over a link", new TarBytes().link("r/l", "x").file("r/l", "x"));
    archives.put("hard link", new TarBytes().entry("r/h", '1', 0644, new byte[0], "/etc/shadow"));
    archives.put("character device", new TarBytes().entry("r/d", '3', 0644, new byte[0], ""));
    archives.put("block device", new TarBytes().entry("r/d", '4', 0644, new byte[0], ""));
    archives.put("pipe", new TarBytes().entry("r/p", '6', 0644, new byte[0], ""));
    archives.put("setuid", new TarBytes().entry("r/s", '0', 04755, new byte[1], ""));
    archives.put("setgid", new TarBytes().entry("r/s", '0', 02755, new byte[1], ""));
    archives.put("unknown type", new TarBytes().entry("r/q", 'Q', 0644, new byte[0], ""));
    archives.put("sparse", new TarBytes().pax('x', "GNU.sparse.size", "9").file("r/a", "x"));
    archives.put("size that is none", new TarBytes().pax('x', "size", "-5").file("r/a", "x"));
    archives.put("size beyond the end", new TarBytes().header("r/a", '0', 0644, 1 << 20, ""));
    archives.put(
        "no tar",
        new TarBytes()
            .write(new byte[600])
            .write("noise".repeat(200).getBytes(StandardCharsets.UTF_8)));
    int refused = 0;
    for (Map.Entry<String, TarBytes> archive : archives.entrySet()) {
      byte[] bytes = archive.getValue().done();
      if (archive.getKey().equals("no tar")) {
        assertEquals(0, unpack(bytes, ""), "what begins with zeros is at its end");
        continue;
      }
      Exception failure = assertThrows(Exception.class, () -> unpack(bytes, ""), archive.getKey());
      assertTrue(
          failure instanceof DownloadException || failure instanceof IOException,
          archive.getKey() + " " + failure);
      refused++;
      for (String outside : List.of("slipped", "s", "x")) {
        assertFalse(Files.exists(folder.resolve(outside)), archive.getKey());
      }
      assertFalse(Files.exists(Path.of("/tmp/slipped")), archive.getKey());
    }
    System.out.println("archives that mean harm: " + refused + " of " + refused + " refused");
    assertEquals(22, refused);
  }

  @Test
  void whatIsToldOfAnEntryBesideItsHeaderHasAnEndHoweverManyHeadersTellIt() throws IOException {
    TarBytes archive = new TarBytes();
    for (int i = 0; i < 9_000; i++) {
      archive.pax('x', "k" + i, "v");
    }
    byte[] bytes = archive.file("r/a", "x").done();

    IOException failure = assertThrows(IOException.class, () -> unpack(bytes, ""));

    assertTrue(String.valueOf(failure.getMessage()).contains("bytes tell"), failure::toString);
  }

  @Test
  void aSmallArchiveThatUnpacksToFourGigabytesEndsAtTheRatio() throws IOException {
    TarBytes bomb = new TarBytes().header("r/zeros", '0', 0644, 4L << 30, "");
    byte[] block = new byte[1 << 20];
    for (int i = 0; i < 300; i++) {
      bomb.write(block);
    }
    byte[] bytes = bomb.done();
    long began = System.nanoTime();

    DownloadException failure = assertThrows(DownloadException.class, () -> unpack(bytes, ""));

    long written = Folders.bytes(folder.resolve("top"));
    System.out.println(
        "bomb: "
            + bytes.length
            + " bytes, "
            + written
            + " written, ended after "
            + (System.nanoTime() - began) / 1_000_000
            + " ms");
    assertTrue(String.valueOf(failure.getMessage()).startsWith("TooLarge: "), failure::toString);
    assertTrue(written <= bytes.length * 100L, written + " bytes");
  }

  @Test
  void twoHundredThousandEntriesEndAtTheLimit() throws IOException {
    TarBytes many = new TarBytes();
    for (int i = 0; i < 200_000; i++) {
      many.header("r/f" + i, '0', 0644, 0, "");
    }
    byte[] bytes = many.done();

    DownloadException failure = assertThrows(DownloadException.class, () -> unpack(bytes, ""));

    int written = files(folder.resolve("top")).size();
    System.out.println("200,000 entries: " + written + " written before the end");
    assertTrue(String.valueOf(failure.getMessage()).contains("10000 files"), failure::toString);
    assertTrue(written <= 10_000);
  }

  @ParameterizedTest(name = "{0} -> {1}: {2}")
  @CsvSource({
    "l,        x,            true",
    "l,        a/b/c,        true",
    "a/l,      ../x,         true",
    "a/b/l,    ../../x,      true",
    "l,        .,            true",
    "a/l,      ./../x,       true",
    "l,        ../x,         false",
    "a/l,      ../../x,      false",
    "a/l,      b/../x,       false",
    "a/b/c/l,  x/../../x,    false",
    "l,        /x,           false",
    "l,        '',           false",
  })
  void aLinkStaysWithinIfItGoesUpOnlyAtItsBeginning(String link, String target, boolean within) {
    assertEquals(within, SafeLinks.within(Path.of(link), target));
  }

  private int unpack(byte[] archive, String within) throws IOException {
    Path top = folder.resolve("top");
    Folders.remove(top);
    Path file = folder.resolve("archive");
    Files.write(file, archive);
    return Unpacking.unpack(file, top, within, DownloadBounds.STANDARD);
  }

  private static List<String> files(Path top) throws IOException {
    try (Stream<Path> all = Files.walk(top)) {
      return all.filter(path -> !path.equals(top))
          .filter(path -> Files.exists(path, LinkOption.NOFOLLOW_LINKS))
          .map(path -> top.relativize(path).toString())
          .sorted()
          .toList();
    }
  }
}
