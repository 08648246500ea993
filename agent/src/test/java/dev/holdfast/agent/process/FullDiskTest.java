package dev.holdfast.agent.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The wrapper on a disk that becomes full while its script runs. */
final class FullDiskTest {
  @TempDir private Path root;

  /** Space, or files. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "dd if=/dev/zero of=filler bs=1k",
        "n=0; while : >filler.$n; do n=$((n + 1)); done; rm filler.0 && : >filler.0"
      })
  void theExitCodeIsToldAllTheSame(String fill) throws Exception {
    String told =
        onSmallDisk(
            """
            start 'touch %1$s/begun; until [ -e %1$s/go ]; do sleep 0.1; done; exit 43'
            until [ -e %1$s/begun ]; do sleep 0.1; done
            (%2$s) 2>/dev/null
            touch %1$s/go
            wait
            cat run/exit
            """
                .formatted(root, fill));

    assertEquals("43", told.strip());
  }

  @Test
  void aScriptWhoseEndThereIsNoRoomForDoesNotBegin() throws Exception {
    String told =
        onSmallDisk(
            """
            mkdir run
            dd if=/dev/zero of=filler bs=1k 2>/dev/null
            start 'touch %1$s/begun'
            sleep 2
            rm filler
            wait
            cat run/exit
            """
                .formatted(root));

    assertEquals("126", told.strip());
    assertEquals(false, Files.exists(root.resolve("begun")));
  }

  /** Runs lines in a mount namespace of their own, in a file system of 256 KiB and 64 files. */
  private String onSmallDisk(String lines) throws IOException, InterruptedException {
    Path wrapper = root.resolve("wrapper.sh");
    try (InputStream in = OsProcesses.class.getResourceAsStream("wrapper.sh")) {
      Files.copy(Objects.requireNonNull(in, "the wrapper"), wrapper);
    }
    Files.createDirectory(root.resolve("disk"));
    Path script = root.resolve("lines");
    Files.writeString(
        script,
        """
        start() { # LINES: under the wrapper
          mkdir -p run
          echo "$1" >%1$s/script.txt
          cp %1$s/script.txt run/script || ln -s %1$s/script.txt run/script
          : >run/groups
          setsid sh %1$s/wrapper.sh %1$s/disk/run 65536 65536 4 256 %1$s/_script.sh '' sh %1$s/_script.sh &
        }
        mount -t tmpfs -o size=256k,nr_inodes=64 tmpfs %1$s/disk || exit 99
        cd %1$s/disk || exit 99
        """
                .formatted(root)
            + lines
            + "\nexit 0\n");
    Process process =
        new ProcessBuilder(List.of("unshare", "-m", "sh", script.toString()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    assumeTrue(code != 99 && code != 1, "nothing can be mounted here");
    return told;
  }
}
