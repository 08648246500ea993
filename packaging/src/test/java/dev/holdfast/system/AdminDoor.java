package dev.holdfast.system;

import com.sun.net.httpserver.HttpServer;
import dev.holdfast.pages.AdminCalls;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * Lets shells of a test make calls of the admin API as pages write them, where no {@code grpcurl}
 * is: over loopback, by a program of a line that stands for it.
 */
final class AdminDoor implements AutoCloseable {
  /** Sends the message {@code $2} to the call {@code $1}; prints the answer. */
  private static final String SEND =
      """
      LC_ALL=C
      exec 3<> /dev/tcp/127.0.0.1/PORT
      printf "POST /%s HTTP/1.0\\r\\nContent-Length: %d\\r\\n\\r\\n%s" "$1" "${#2}" "$2" >&3
      answer=$(sed "1,/^.$/d" <&3)
      printf "%s\\n" "$answer"
      [ "${answer#refused: }" = "$answer" ]
      """;

  private final HttpServer server;
  private final AdminCalls calls = new AdminCalls();

  AdminDoor(Rig rig) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String name =
              exchange.getRequestURI().getPath().replaceFirst("^/(holdfast\\.v1\\.)?", "");
          String json =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          String answer;
          try {
            answer = calls.make(rig.channel(), rig.token(), name, json);
          } catch (StatusRuntimeException | AssertionError | NullPointerException e) {
            answer = "refused: " + e.getMessage();
          }
          byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, bytes.length);
          try (var out = exchange.getResponseBody()) {
            out.write(bytes);
          }
        });
    server.start();
  }

  /** What stands for the {@code call} of pages. */
  String call() {
    return "exec bash -c '"
        + SEND.replace("PORT", Integer.toString(server.getAddress().getPort()))
        + "' call \"$@\"";
  }

  /** What stands for {@code grpcurl}, of which the last word is the call. */
  String grpcurl() {
    return """
    while [ $# -gt 2 ]; do
      if [ "$1" = -d ]; then body=$2; fi
      shift
    done
    set -- "$2" "$body"
    """
        + call();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
