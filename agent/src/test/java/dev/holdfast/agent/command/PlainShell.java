package dev.holdfast.agent.command;

import dev.holdfast.document.JsonText;
import dev.holdfast.document.Value;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Runs scripts by nothing but {@code sh}, one after another: what documents are compared with. */
final class PlainShell {
  private PlainShell() {}

  /** Runs these files, and prints what each came to as a JSON list. */
  static String run(List<String> scripts) throws IOException, InterruptedException {
    List<Value> results = new ArrayList<>();
    for (String script : scripts) {
      results.add(one(Path.of(script)));
    }
    return JsonText.line(new Value.Fields(Map.of("steps", new Value.Items(results))));
  }

  private static Value one(Path script) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("plain-");
    Path copy = folder.resolve("_script.sh");
    // By a process of its own: a file that this one wrote a moment ago may still be open for
    // writing
    // in a child that another thread is just forking, and such a file can't be executed.
    if (new ProcessBuilder("install", "-m", "700", script.toString(), copy.toString())
            .start()
            .waitFor()
        != 0) {
      throw new IOException("cannot copy " + script);
    }
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", copy.toString())
            .directory(Path.of("/").toFile())
            .redirectInput(Path.of("/dev/null").toFile());
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "PATH",
                "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "LANG",
                "C.UTF-8",
                "HOME",
                "/root"));
    Process process = builder.start();
    FutureTask<String> errors = new FutureTask<>(() -> text(process.getErrorStream()));
    Thread.ofVirtual().start(errors);
    String output = text(process.getInputStream());
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    Map<String, Value> result = new LinkedHashMap<>();
    result.put("exitCode", new Value.Num(BigDecimal.valueOf(ended ? process.exitValue() : -1)));
    result.put("stdout", new Value.Text(output));
    try {
      result.put("stderr", new Value.Text(errors.get()));
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IOException(e);
    }
    return new Value.Fields(result);
  }

  private static String text(InputStream stream) throws IOException {
    return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
  }
}
