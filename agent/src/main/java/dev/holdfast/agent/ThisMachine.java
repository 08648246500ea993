package dev.holdfast.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;

/** The machine's name and address, and what this process costs it. */
final class ThisMachine {
  private static final int MAX_NAME = 255;

  private ThisMachine() {}

  /** The host's name; empty if it has none. */
  static String name() {
    String name;
    try {
      name = Files.readString(Path.of("/proc/sys/kernel/hostname"), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      try {
        name = InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException unknown) {
        name = "";
      }
    }
    return name.length() > MAX_NAME ? name.substring(0, MAX_NAME) : name;
  }

  /** Its first address that others reach it by, IPv4 before IPv6; empty if there is none. */
  static String address() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
          .min(
              Comparator.comparingInt((InetAddress address) -> address.getAddress().length)
                  .thenComparing(InetAddress::getHostAddress))
          .map(InetAddress::getHostAddress)
          .orElse("");
    } catch (SocketException e) {
      return "";
    }
  }

  /** Processor time of this process since its start. */
  static Duration processorTime() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Memory of this process that is in use now, in bytes; 0 where that can't be told. */
  static long residentBytes() {
    return ofProcess("VmRSS:") * 1024;
  }

  /** Threads of this process, those of the Java machine included; 0 where that can't be told. */
  static long threads() {
    return ofProcess("Threads:");
  }

  /** A number that the kernel tells of this process; 0 where it tells none. */
  private static long ofProcess(String name) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith(name)) {
          return Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
      return 0;
    } catch (IOException e) {
      return 0;
    }
  }
}
