package dev.holdfast.agent.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the kernel prints: sockets, file systems, itself; and the files of accounts. */
final class KernelTablesTest {
  private static final String TCP_HEAD =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout"
          + " inode";

  @TempDir Path root = Path.of("set by JUnit");

  private final List<Map<String, String>> entries = new ArrayList<>();

  @ParameterizedTest
  @CsvSource({
    "0100007F, 127.0.0.1",
    "00000000, 0.0.0.0",
    "FE01A8C0, 192.168.1.254",
    "00000000000000000000000000000000, ::",
    "00000000000000000000000001000000, ::1",
    "0000000000000000FFFF00000100007F, ::ffff:127.0.0.1",
    "B80D0120000000000000000001000000, 2001:db8::1",
    "000080FE00000000FF00FC02010000FE, fe80::2fc:ff:fe00:1",
    "0100007G, invalid",
    "B80D0120000001000000000001000000, 2001:db8:1::1",
    "B80D0120000000000100000001000000, 2001:db8::1:0:1",
    "7F, invalid"
  })
  void addressesOfTheKernelAreToldAsPeopleWriteThem(String hex, String text) {
    assertEquals(!text.equals("invalid"), Addresses.valid(hex));
    if (Addresses.valid(hex)) {
      assertEquals(text, Addresses.text(hex));
    }
  }

  @Test
  void socketsThatWaitForSomebodyAreRead() {
    List<String> tcp =
        List.of(
            TCP_HEAD,
            "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000"
                + "        0 4711 1 0000000000000000 100 0 0 10 0",
            "   1: 0100007F:1F91 0100007F:8888 01 00000000:00000000 00:00000000 00000000  1000"
                + "        0 4712 1 0000000000000000 100 0 0 10 0",
            "torn");
    List<String> udp =
        List.of(
            TCP_HEAD,
            " 10: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0"
                + "        0 99 2 0000000000000000 0",
            " 11: 0100007F:0035 0100007F:1111 01 00000000:00000000 00:00000000 00000000     0"
                + "        0 98 2 0000000000000000 0");

    assertEquals(
        List.of(new Ports.Socket("tcp", "127.0.0.1", 8080, "1000", "4711")),
        Ports.parse("tcp", tcp));
    assertEquals(
        List.of(new Ports.Socket("udp", "0.0.0.0", 53, "0", "99")), Ports.parse("udp", udp));
  }

  @Test
  void aPortIsToldWithItsFirstProcessAndWithoutClientsOfUdp() throws IOException {
    String line = "  1: 00000000:%s 00000000:0000 %s 0:0 0:0 0  33 0 %s 1 0 0";
    file("proc/net/tcp", TCP_HEAD + "\n" + line.formatted("0050", "0A", "7") + "\n");
    file(
        "proc/net/udp",
        String.join(
            "\n",
            TCP_HEAD,
            line.formatted("0044", "07", "8"),
            line.formatted("C001", "07", "9"),
            line.formatted("C002", "07", "0")));
    file("etc/passwd", "www:x:33:33::/var/www:/bin/false\n");
    process(200, "worker", "socket:[7]");
    process(30, "master", "socket:[7]", "/dev/null", "pipe:[7]");
    process(31, "resolver", "socket:[9]");
    file("proc/sys/net/ipv4/ip_local_port_range", "32768\t60999\n");

    new Ports(root).read(entries::add);

    assertEquals(
        List.of(
            Map.of(
                "Protocol",
                "tcp",
                "Address",
                "0.0.0.0",
                "Port",
                "80",
                "User",
                "www",
                "ProcessName",
                "master",
                "ProcessId",
                "30"),
            Map.of("Protocol", "udp", "Address", "0.0.0.0", "Port", "68", "User", "www"),
            Map.of("Protocol", "udp", "Address", "0.0.0.0", "Port", "49154", "User", "www")),
        entries);
  }

  @Test
  void fileSystemsThatHoldDataAreReadWithoutSecondViewsOfThem() {
    List<Mounts.Mount> mounts =
        Mounts.parse(
            List.of(
                "22 1 252:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw",
                "23 22 0:21 / /proc rw,nosuid - proc proc rw",
                "24 22 0:22 / /run rw - tmpfs tmpfs rw",
                "25 22 252:2 / /var/my\\040data ro,relatime shared:2 master:1 - xfs /dev/vdb ro",
                "26 22 252:1 /srv/www /mnt/www rw - ext4 /dev/vda1 rw",
                "27 22 0:50 / /var/lib/docker/overlay2/1/merged rw - overlay overlay rw",
                "28 22 0:51 /@home /home rw - btrfs /dev/vdc rw",
                "29 22 0:52 / /net rw - nfs4 server:/net rw",
                "30 22 252:9 / /over rw - ext4 /dev/vdx rw",
                "31 30 0:60 / /over rw - tmpfs tmpfs rw",
                "torn line"));

    assertEquals(
        List.of(
            new Mounts.Mount("/dev/vda1", "/", "ext4", "/", false),
            new Mounts.Mount("/dev/vdc", "/home", "btrfs", "/@home", false),
            new Mounts.Mount("server:/net", "/net", "nfs4", "/", false),
            new Mounts.Mount("/dev/vdb", "/var/my data", "xfs", "/", true)),
        mounts);
  }

  @Test
  void whatIsFreeIsToldInStepsAndAServerIsNotAsked() throws IOException {
    file(
        "proc/self/mountinfo",
        "1 1 1:1 / / rw - ext4 /dev/vda1 rw\n2 1 0:2 / /net rw - nfs server:/x rw\n");
    List<Path> asked = new ArrayList<>();
    Mounts.Room room =
        new Mounts.Room() {
          @Override
          public long total(Path mountPoint) {
            asked.add(mountPoint);
            return 1_000;
          }

          @Override
          public long free(Path mountPoint) {
            return 349;
          }
        };

    new Mounts(root, room).read(entries::add);

    assertEquals(List.of(root.resolve("")), asked);
    assertEquals("1000", entries.getFirst().get("Size"));
    assertEquals("300", entries.getFirst().get("Free"));
    assertEquals("30", entries.getFirst().get("FreePercent"));
    assertFalse(entries.getLast().containsKey("Size"));
  }

  @Test
  void accountsAreToldWithTheirGroupsAndNoHash() {
    Users.parse(
        List.of(
            "root:x:0:0:root:/root:/bin/bash",
            "ann:$6$hash$hash:1000:1000:Ann,,,:/home/ann:/bin/zsh",
            "+::::::",
            "torn:x:1"),
        List.of("root:x:0:", "ann:x:1000:", "wheel:x:10:ann,bob", "video:x:44:ann"),
        entries::add);

    assertEquals(
        List.of(
            Map.of(
                "Name",
                "root",
                "Uid",
                "0",
                "Gid",
                "0",
                "Group",
                "root",
                "Groups",
                "root",
                "Home",
                "/root",
                "Shell",
                "/bin/bash"),
            Map.of(
                "Name",
                "ann",
                "Uid",
                "1000",
                "Gid",
                "1000",
                "Group",
                "ann",
                "Groups",
                "ann, video, wheel",
                "Home",
                "/home/ann",
                "Shell",
                "/bin/zsh")),
        entries);
    assertFalse(entries.toString().contains("hash"));
  }

  @Test
  void theKernelIsToldWithoutItsCommandLine() throws IOException {
    file("proc/sys/kernel/ostype", "Linux\n");
    file("proc/sys/kernel/osrelease", "6.1.0-9-amd64\n");
    file("proc/sys/kernel/version", "#1 SMP Debian 6.1.27-1\n");
    file("proc/sys/kernel/tainted", "4096\n");
    file("proc/modules", "a 1 0 - Live 0x0\nb 2 1 a, Live 0x0\n");
    file("proc/cmdline", "root=/dev/vda1 secret=1");
    file("var/lib/dpkg/status", "");
    file("run/reboot-required", "");

    new Kernel(root).read(entries::add);

    assertEquals(
        List.of(
            Map.of(
                "Name", "Linux",
                "Release", "6.1.0-9-amd64",
                "Version", "#1 SMP Debian 6.1.27-1",
                "Tainted", "true",
                "Modules", "2",
                "RebootRequired", "true")),
        entries);
  }

  @Test
  void aHostWithoutSuchFilesHasNoEntries() {
    new Kernel(root).read(entries::add);
    new Ports(root).read(entries::add);
    new Users(root).read(entries::add);
    new Mounts(root, Mounts.Room.OF_HOST).read(entries::add);

    assertTrue(entries.isEmpty(), entries::toString);
  }

  private void process(int id, String name, String... files) throws IOException {
    file("proc/" + id + "/comm", name + "\n");
    Path folder = Files.createDirectories(root.resolve("proc/" + id + "/fd"));
    for (int i = 0; i < files.length; i++) {
      Files.createSymbolicLink(folder.resolve(Integer.toString(i)), Path.of(files[i]));
    }
  }

  private void file(String path, String content) throws IOException {
    Files.createDirectories(root.resolve(path.substring(0, path.lastIndexOf('/'))));
    Files.writeString(root.resolve(path), content);
  }
}
