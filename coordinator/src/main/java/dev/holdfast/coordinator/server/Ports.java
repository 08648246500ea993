package dev.holdfast.coordinator.server;

import dev.holdfast.config.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** Whether ports can be had. */
public final class Ports {
  private static final int BACKLOG = 1;

  private Ports() {}

  /**
   * Finds out whether a port is free, before anything is changed on the disk.
   *
   * @param name of the port, as in {@code --agent-listen}
   * @throws StartException if it isn't
   */
  public static void check(String name, HostPort asked) throws StartException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(resolve(asked), BACKLOG);
    } catch (IOException e) {
      throw cannotListen(name, asked, e);
    }
  }

  static InetSocketAddress resolve(HostPort asked) throws UnknownHostException {
    return new InetSocketAddress(InetAddress.getByName(asked.host()), asked.port());
  }

  static StartException cannotListen(String name, HostPort asked, IOException failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String why =
        root instanceof UnknownHostException
            ? "there is no host of this name"
            : String.valueOf(root.getMessage());
    return new StartException(
        "cannot listen on "
            + asked
            + ": "
            + why
            + ": stop what listens there, or choose another address with --"
            + name
            + "-listen",
        failure);
  }
}
