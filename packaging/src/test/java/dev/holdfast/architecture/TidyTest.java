package dev.holdfast.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.calendar.CalendarLimits;
import dev.holdfast.document.DocumentLimits;
import dev.holdfast.task.IdentityLimits;
import dev.holdfast.task.InventoryLimits;
import dev.holdfast.task.Limits;
import dev.holdfast.task.PeopleLimits;
import dev.holdfast.task.RetentionLimits;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.TransportLimits;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What every file keeps to. A failure names all that don't, each with its line where it has one.
 */
final class TidyTest {
  private static final int MAX_LINES = 400;

  /** Tables of cases are read one by one, and stay with the test that they belong to. */
  private static final int MAX_TEST_LINES = 700;

  /** Where tests wait for processes that are real. */
  private static final Pattern REAL_PROCESSES =
      Pattern.compile(".*dev/holdfast/(system|agent/process)/.*");

  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
  private static final Pattern FENCE = Pattern.compile("(?s)```.*?```");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+?) *$");
  private static final Pattern PACKAGE_COMMENT =
      Pattern.compile(
          "(?s)\\A/\\*\\*\\s*\\*?\\s*[\\w{].*?\\.\\s*.*?\\*/\\s*@NullMarked\\s+package .*");

  /** What must not be said in any file, and why. Matched against single lines. */
  private static final Map<Pattern, String> UNSAID =
      Map.of(
          Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b"),
          "a known gap belongs into the list of gaps or is mended",
          Pattern.compile("(?<![\\w./-])/(work|root)/"),
          "a path of somebody's machine",
          Pattern.compile("(?i)\\bissue #?\\d"),
          "nobody can look that number up from here",
          Pattern.compile("(?i)(?<![\\w/-])(design|style|api)\\.md\\b|\\bdesign,? (section )?\\d"),
          "cites a page that does not come with the source",
          Pattern.compile("(?i)@au" + "thor|copyright \\(c\\)"),
          "the history says who wrote it, the LICENSE under which terms");

  @Test
  void everyPackageSaysWhatItIsForAndKnowsNoNull() {
    Map<Path, List<Path>> packages =
        Tree.files(".java").stream()
            .filter(file -> Tree.relative(file).contains("src/"))
            .collect(Collectors.groupingBy(file -> Objects.requireNonNull(file.getParent())));
    List<String> missing = new ArrayList<>();

    packages
        .keySet()
        .forEach(
            folder -> {
              Path info = folder.resolve("package-info.java");
              if (!Files.exists(info)) {
                missing.add(Tree.relative(folder) + ": no package-info.java");
              } else if (!PACKAGE_COMMENT.matcher(Tree.text(info)).matches()) {
                missing.add(
                    Tree.relative(info) + ": needs a doc comment of a sentence, and @NullMarked");
              }
            });

    assertTrue(packages.size() > 20, "too few packages found: " + packages.size());
    assertEquals(List.of(), missing.stream().sorted().toList());
  }

  @Test
  void noSourceIsLongerThanATiredReaderTakes() {
    List<String> longer = new ArrayList<>();

    for (Path file : Tree.files(".java")) {
      long lines = Tree.text(file).lines().count();
      int allowed = Tree.relative(file).contains("src/test/") ? MAX_TEST_LINES : MAX_LINES;
      if (lines > allowed) {
        longer.add(Tree.relative(file) + ": " + lines + " lines; at most " + allowed);
      }
    }

    assertEquals(List.of(), longer);
  }

  @Test
  void nothingIsSaidThatHasNoPlaceHere() {
    List<String> said = new ArrayList<>();

    for (String ending : List.of(".java", ".md", ".yaml", ".sh", ".proto", ".sql", ".xml", "")) {
      for (Path file : ending.isEmpty() ? scripts() : Tree.files(ending)) {
        List<String> lines = Tree.text(file).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
          int line = i + 1;
          String text = lines.get(i);
          UNSAID.forEach(
              (pattern, reason) -> {
                Matcher matcher = pattern.matcher(text);
                if (matcher.find()) {
                  said.add(
                      "%s:%d: '%s': %s"
                          .formatted(Tree.relative(file), line, matcher.group(), reason));
                }
              });
        }
      }
    }

    assertEquals(List.of(), said);
  }

  @Test
  void everyLinkInTheDocumentationLeadsSomewhere() {
    List<String> broken = new ArrayList<>();
    int links = 0;

    for (Path page : Tree.files(".md")) {
      Matcher link = LINK.matcher(FENCE.matcher(Tree.text(page)).replaceAll(""));
      while (link.find()) {
        String target = link.group(1);
        if (target.matches("[a-z]+:.*")) {
          continue;
        }
        links++;
        String[] parts = target.split("#", 2);
        Path file =
            parts[0].isEmpty()
                ? page
                : Objects.requireNonNull(page.getParent()).resolve(parts[0]).normalize();
        if (!file.startsWith(Tree.ROOT) || !Files.exists(file)) {
          broken.add(Tree.relative(page) + ": " + target);
        } else if (parts.length == 2 && !anchors(file).contains(parts[1])) {
          broken.add(Tree.relative(page) + ": " + target + ": no such heading");
        }
      }
    }

    assertTrue(links > 5, "too few links found: " + links);
    assertEquals(List.of(), broken);
  }

  @Test
  void everyDecisionIsInTheListOfDecisions() {
    Path folder = Tree.ROOT.resolve("docs/decisions");
    String list = Tree.text(folder.resolve("README.md"));

    assertEquals(
        List.of(),
        Tree.files(".md").stream()
            .filter(file -> folder.equals(file.getParent()))
            .map(file -> String.valueOf(file.getFileName()))
            .filter(name -> name.matches("\\d{4}-.*") && !list.contains("(" + name + ")"))
            .toList());
  }

  @Test
  void everyLimitIsEnforcedBySomeCode() {
    Map<Path, String> sources =
        Tree.mainSources().stream().collect(Collectors.toMap(file -> file, Tree::text));
    Set<String> unused = new TreeSet<>();

    for (Class<?> table :
        List.of(
            Limits.class,
            RunLimits.class,
            InventoryLimits.class,
            PeopleLimits.class,
            RetentionLimits.class,
            IdentityLimits.class,
            TransportLimits.class,
            DocumentLimits.class,
            CalendarLimits.class)) {
      String home = "/" + table.getSimpleName() + ".java";
      for (Field field : table.getDeclaredFields()) {
        Pattern use = Pattern.compile("\\b" + field.getName() + "\\b");
        if (Modifier.isPublic(field.getModifiers())
            && sources.entrySet().stream()
                .noneMatch(
                    source ->
                        !source.getKey().toString().endsWith(home)
                            && use.matcher(code(source.getValue())).find())) {
          unused.add(table.getSimpleName() + "." + field.getName());
        }
      }
    }

    assertEquals(Set.of(), unused, "a limit that nothing enforces is a promise that is not kept");
  }

  @Test
  void onlyTestsWithRealProcessesSleep() {
    assertEquals(
        List.of(),
        Tree.files(".java").stream()
            .filter(file -> Tree.relative(file).contains("src/test/"))
            .filter(file -> !REAL_PROCESSES.matcher(Tree.relative(file)).matches())
            .filter(file -> Tree.text(file).contains("Thread" + ".sleep("))
            .map(Tree::relative)
            .toList());
  }

  @Test
  void everySuppressionSaysWhy() {
    List<String> silent = new ArrayList<>();

    for (Path file : Tree.files(".java")) {
      List<String> lines = Tree.text(file).lines().toList();
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).strip().startsWith("@Suppress" + "Warnings")
            && !lines.get(i).contains("//")
            && !(i > 0 && lines.get(i - 1).strip().startsWith("//"))) {
          silent.add(Tree.relative(file) + ":" + (i + 1));
        }
      }
    }

    assertEquals(List.of(), silent);
  }

  /** Without comments, in which a name is only a mention. */
  private static String code(String source) {
    return source.replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("(?m)//.*$", "");
  }

  private static Set<String> anchors(Path page) {
    Set<String> anchors = new TreeSet<>();
    Matcher heading = HEADING.matcher(FENCE.matcher(Tree.text(page)).replaceAll(""));
    while (heading.find()) {
      anchors.add(
          heading
              .group(1)
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^\\p{L}\\p{N} _-]", "")
              .replace(' ', '-'));
    }
    return anchors;
  }

  /** Programs of the checkout that have no ending: launchers, the demo, what CI runs. */
  private static List<Path> scripts() {
    return Tree.files("").stream()
        .filter(Files::isExecutable)
        .filter(file -> !String.valueOf(file.getFileName()).contains("."))
        .toList();
  }
}
