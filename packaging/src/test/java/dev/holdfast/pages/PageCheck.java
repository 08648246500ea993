package dev.holdfast.pages;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds what a page names and what there isn't: commands, options, calls, fields, metrics. */
final class PageCheck {
  private static final Path ROOT = Path.of(System.getProperty("holdfast.root"));
  private static final Pattern METRIC = Pattern.compile("\\bholdfast_\\w+\\w\\b");
  private static final Pattern ROW = Pattern.compile("^(holdfast_\\w+)$");

  /** What is called like a call and is something else: a detailed status, an attribute, tests. */
  private static final Pattern NO_CALL = Pattern.compile("CancelRequested|StartType|\\w+Test");

  private final AdminCalls calls = new AdminCalls();
  private final Set<String> methods = new TreeSet<>();
  private final Pattern verbs;
  private final Set<String> metrics = new TreeSet<>();

  PageCheck() {
    Set<String> first = new TreeSet<>();
    for (String name : calls.names()) {
      String method = name.substring(name.indexOf('/') + 1);
      methods.add(method);
      Matcher verb = Pattern.compile("[A-Z][a-z]+").matcher(method);
      if (verb.lookingAt() && !verb.group().equals(method)) {
        first.add(verb.group());
      }
    }
    verbs = Pattern.compile("(?:" + String.join("|", first) + ")[A-Z]\\w+");
    for (Page.Span span : Page.named("docs/monitoring.md").spans()) {
      Matcher row = ROW.matcher(span.text());
      if (row.matches()) {
        metrics.add(row.group(1));
      }
    }
  }

  /** All commands of its blocks. */
  static List<List<String>> commands(Page page) {
    return page.blocks().stream().flatMap(block -> commands(block).stream()).toList();
  }

  /** What is to be typed: all of a script, what stands behind a prompt, what looks like ours. */
  static List<List<String>> commands(Page.Block block) {
    String typed =
        switch (block.language()) {
          case "sh" -> String.join("\n", block.lines());
          case "console" ->
              block.lines().stream()
                  .filter(line -> line.startsWith("# ") || line.startsWith("$ "))
                  .map(line -> line.substring(2))
                  .collect(Collectors.joining("\n"));
          default ->
              block.lines().stream()
                  .filter(line -> line.matches("(holdfast[a-z-]*|call) .*"))
                  .collect(Collectors.joining("\n"));
        };
    return ShellText.commands(typed).stream().map(PageCheck::unwrapped).toList();
  }

  /** Without what only says as whom a command is run. */
  private static List<String> unwrapped(List<String> words) {
    return words.getFirst().equals("runuser")
        ? words.subList(words.indexOf("--") + 1, words.size())
        : words.getFirst().matches("sudo|exec") ? words.subList(1, words.size()) : words;
  }

  /** What is wrong with a page, each with its place. */
  List<String> problems(Page page) {
    List<String> problems = new ArrayList<>();
    for (Page.Block block : page.blocks()) {
      for (List<String> command : commands(block)) {
        told(page, block.line(), problems(command), problems);
      }
      for (String line : block.lines()) {
        told(page, block.line(), metrics(line), problems);
      }
    }
    for (Page.Span span : page.spans()) {
      told(page, span.line(), problems(span.text()), problems);
    }
    return problems;
  }

  /** The calls that a text of another kind names and that there aren't. */
  List<String> noCalls(String text) {
    return Pattern.compile("\\w+")
        .matcher(text)
        .results()
        .map(word -> word.group())
        .filter(word -> verbs.matcher(word).matches() && !methods.contains(word))
        .toList();
  }

  private static void told(Page page, int line, List<String> found, List<String> problems) {
    found.forEach(what -> problems.add(page.name() + ":" + line + ": " + what));
  }

  private List<String> problems(List<String> words) {
    if (words.getFirst().equals("call") && words.size() > 1 && !words.get(1).equals("{")) {
      return words.size() == 3
          ? calls.problems(words.get(1), words.get(2))
          : List.of("a call has a name and a message: " + words);
    }
    if (Programs.known(words.getFirst())) {
      return Programs.problems(words);
    }
    return words.getFirst().startsWith("packaging/") ? file(words.getFirst()) : List.of();
  }

  /** Of words within a sentence. */
  private List<String> problems(String span) {
    List<String> problems = new ArrayList<>(metrics(span));
    if (span.matches("(holdfast|holdfast-agent|holdfast-coordinator) .*")) {
      ShellText.commands(span).stream()
          .filter(words -> Programs.known(words.getFirst()))
          .forEach(words -> problems.addAll(Programs.unknown(words)));
    } else if (span.matches("packaging/(?!target/)\\S+")) {
      problems.addAll(file(span));
    } else if (verbs.matcher(span).matches()
        && !methods.contains(span)
        && !NO_CALL.matcher(span).matches()) {
      problems.add("there is no call " + span);
    }
    return problems;
  }

  private static List<String> file(String name) {
    return ROOT.resolve(name.replaceFirst("[*].*| .*", "")).toFile().exists()
        ? List.of()
        : List.of("there is no file " + name);
  }

  private List<String> metrics(String text) {
    List<String> unknown = new ArrayList<>();
    for (Matcher metric = METRIC.matcher(text); metric.find(); ) {
      String name = metric.group();
      if (!metrics.contains(name)
          && !metrics.contains(name.replaceFirst("_(bucket|sum|count)$", ""))) {
        unknown.add("there is no metric " + name);
      }
    }
    return unknown;
  }
}
