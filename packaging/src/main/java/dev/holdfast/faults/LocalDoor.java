package dev.holdfast.faults;

import dev.holdfast.system.Rig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The socket on the coordinator's machine. */
final class LocalDoor {
  private LocalDoor() {}

  static void judge(Trial trial, Rig rig) throws Exception {
    Path socket = rig.data().resolve("admin.sock");
    String create = "{\"action\":\"create-token\",\"arguments\":{\"name\":\"%s\",";
    String admin = "\"role\":\"admin\",\"seconds\":\"60\"}}\n";
    String byRoot = Local.say(socket, create.formatted("by-root") + admin);
    trial.require(byRoot.contains("hft_"), "root is answered with " + byRoot);
    for (String other :
        List.of(
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "{\"action\":\"exit\",\"arguments\":{}}\n",
            "null\n",
            "[]\n",
            "{}\n",
            "[".repeat(20_000) + "\n")) {
      String answer = Local.say(socket, other);
      trial.require(
          !answer.contains("hft_") && !answer.contains("\"error\":\"\""),
          "it answers " + other.substring(0, Math.min(20, other.length())) + " with " + answer);
      trial.count(Figure.FAULTS, 1);
    }
    // Even if somebody opens the folder to all, the kernel says who calls.
    Shell.require(
        trial.folder(),
        List.of("chmod", "-R", "a+rwX", rig.folder().toString(), rig.data().toString()));
    try {
      List<String> other = List.of("setpriv", "--reuid=65534", "--clear-groups");
      List<String> perl = new ArrayList<>(other);
      perl.addAll(List.of("perl", "-MIO::Socket::UNIX", "-e"));
      List<String> nothing = new ArrayList<>(perl);
      nothing.add("1");
      if (Shell.works(Path.of("/"), nothing)) {
        perl.add(
            "my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die \"closed: $!\";"
                + " print $s $ARGV[1]; $s->flush; print <$s>;");
        perl.addAll(List.of(socket.toString(), create.formatted("by-nobody") + admin));
        Shell.Ran ran = Shell.run(Path.of("/"), Duration.ofSeconds(20), perl);
        trial.require(
            ran.said().contains("only root"), "another account is answered: " + ran.said());
        trial.count(Figure.FAULTS, 1);
      } else {
        trial.note("another-account", "not tried: setpriv or perl is missing");
      }
    } finally {
      Shell.require(trial.folder(), List.of("chmod", "-R", "go-rwx", rig.data().toString()));
    }
  }
}
