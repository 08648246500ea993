package dev.holdfast.agent.inventory;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Entries of {@code Host:Disk}: the file systems that hold data, from {@code /proc/self/mountinfo}.
 * What is free changes with every log line, so it is told in steps of a twentieth of the size: else
 * each gathering would find a change on each host.
 */
final class Mounts {
  private static final int STEPS = 20;
  private static final int PERCENT = 100;
  private static final int ROOT = 3;
  private static final int MOUNT_POINT = 4;
  private static final int OPTIONS = 5;

  /** Views of the kernel, and memory: they hold nothing that is there after a new start. */
  private static final Set<String> NO_DATA =
      Set.of(
          "autofs",
          "binfmt_misc",
          "bpf",
          "cgroup",
          "cgroup2",
          "configfs",
          "debugfs",
          "devpts",
          "devtmpfs",
          "efivarfs",
          "fusectl",
          "hugetlbfs",
          "mqueue",
          "nsfs",
          "proc",
          "pstore",
          "ramfs",
          "rootfs",
          "rpc_pipefs",
          "securityfs",
          "selinuxfs",
          "sysfs",
          "tmpfs",
          "tracefs");

  /** Of these the size is not asked: a server that does not answer would hold up all else. */
  private static final Set<String> OF_SERVERS =
      Set.of("nfs", "nfs4", "cifs", "smb3", "ceph", "glusterfs", "afs", "9p", "fuse.sshfs");

  private final Path root;
  private final Room room;

  /** Tells how much a file system holds. */
  interface Room {
    /** All of it, in bytes; 0 if that can't be told. */
    long total(Path mountPoint);

    /** What is left for programs without privileges, in bytes. */
    long free(Path mountPoint);

    /** Asks the kernel. */
    Room OF_HOST =
        new Room() {
          @Override
          public long total(Path mountPoint) {
            return mountPoint.toFile().getTotalSpace();
          }

          @Override
          public long free(Path mountPoint) {
            return mountPoint.toFile().getUsableSpace();
          }
        };
  }

  /**
   * One file system where it is mounted.
   *
   * @param part what of it is mounted: {@code /} is all
   */
  record Mount(String device, String mountPoint, String type, String part, boolean readOnly) {}

  Mounts(Path root, Room room) {
    this.root = root;
    this.room = room;
  }

  void read(Consumer<Map<String, String>> entries) {
    for (Mount mount : parse(HostFiles.lines(root.resolve("proc/self/mountinfo")))) {
      Attributes entry =
          new Attributes()
              .with("Device", mount.device())
              .with("MountPoint", mount.mountPoint())
              .with("FileSystem", mount.type())
              .with("ReadOnly", Boolean.toString(mount.readOnly()));
      Path there = root.resolve(mount.mountPoint().substring(1));
      long total = OF_SERVERS.contains(mount.type()) ? 0 : room.total(there);
      if (total > 0) {
        long step = free(room.free(there), total);
        entry
            .with("Size", Long.toString(total))
            .with("Free", Long.toString(total / STEPS * step))
            .with("FreePercent", Long.toString(step * PERCENT / STEPS));
      }
      entries.accept(entry.entry());
    }
  }

  /** How many twentieths are free, rounded down. */
  static long free(long free, long total) {
    return (long) ((double) free / total * STEPS);
  }

  /** Reads what the kernel lists; of several mounts on one point the last one counts. */
  static List<Mount> parse(List<String> lines) {
    Map<String, Mount> mounts = new TreeMap<>();
    for (String line : lines) {
      String[] fields = line.split(" ");
      int dash = OPTIONS + 1;
      while (dash < fields.length && !fields[dash].equals("-")) {
        dash++;
      }
      if (dash + 2 >= fields.length) {
        continue;
      }
      Mount mount =
          new Mount(
              unescaped(fields[dash + 2]),
              unescaped(fields[MOUNT_POINT]),
              fields[dash + 1],
              unescaped(fields[ROOT]),
              List.of(fields[OPTIONS].split(",")).contains("ro"));
      mounts.remove(mount.mountPoint());
      if (holdsData(mount)) {
        mounts.put(mount.mountPoint(), mount);
      }
    }
    return new ArrayList<>(mounts.values());
  }

  private static boolean holdsData(Mount mount) {
    if (NO_DATA.contains(mount.type())) {
      return false;
    }
    if (mount.mountPoint().equals("/")) {
      return true;
    }
    // A container's layers come and go with it, and a part of a file system that is mounted a
    // second time is none of its own; but subvolumes are.
    return !mount.type().equals("overlay")
        && (mount.part().equals("/") || mount.type().equals("btrfs"));
  }

  /** The kernel writes blanks and backslashes in octal. */
  static String unescaped(String field) {
    return field
        .replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }
}
