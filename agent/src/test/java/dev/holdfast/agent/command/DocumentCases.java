package dev.holdfast.agent.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import picocli.CommandLine;

/**
 * Runs many documents in one process, each by {@code document run}. The file named by the argument
 * has a line a document: a number, a tab, and the arguments with tabs between; with {@code twice}
 * before them it is run a second time if the first one went well, and that is what is told; or
 * {@code sh} and scripts, which are run by nothing but that. Prints a line for each: number, exit
 * code, and what the command printed, with tabs between.
 */
final class DocumentCases {
  private static final int AT_ONCE = 24;

  private DocumentCases() {}

  /** Runs them all. */
  public static void main(String[] arguments) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    try (ExecutorService workers = Executors.newFixedThreadPool(AT_ONCE)) {
      for (String line : Files.readAllLines(Path.of(arguments[0]))) {
        List<String> fields = List.of(line.split("\t", -1));
        workers.execute(
            () -> {
              String result = run(fields.subList(1, fields.size()));
              synchronized (out) {
                out.println(fields.getFirst() + "\t" + result);
              }
            });
      }
    }
  }

  private static String run(List<String> rest) {
    if (rest.getFirst().equals("sh")) {
      try {
        return "0\t" + PlainShell.run(rest.subList(1, rest.size()));
      } catch (IOException | InterruptedException e) {
        return "1\t" + e;
      }
    }
    if (rest.getFirst().equals("twice")) {
      String first = run(rest.subList(1, rest.size()));
      return first.startsWith("0\t") ? run(rest.subList(1, rest.size())) : first;
    }
    List<String> arguments = new ArrayList<>(List.of("run"));
    arguments.addAll(rest);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    int exit =
        new CommandLine(new DocumentCommand(stream, stream, new NoInventory()))
            .execute(arguments.toArray(String[]::new));
    return exit + "\t" + bytes.toString(StandardCharsets.UTF_8).strip();
  }
}
