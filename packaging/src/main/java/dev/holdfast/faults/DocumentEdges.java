package dev.holdfast.faults;

import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.CreateDocumentResponse;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import dev.holdfast.wire.v1.DocumentType;
import dev.holdfast.wire.v1.UpdateDocumentRequest;
import dev.holdfast.wire.v1.Warning;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The edges of documents and calendars. */
final class DocumentEdges {
  private static final String STEP =
      "{\"action\":\"aws:runShellScript\",\"name\":\"%s\",\"inputs\":{\"runCommand\":[\"true\"]}}";

  private final Edge edge;

  DocumentEdges(Edge edge) {
    this.edge = edge;
  }

  void tryAll() throws InterruptedException {
    text();
    parts();
    labels();
    calendars();
    counts();
  }

  private DocumentServiceGrpc.DocumentServiceBlockingStub documents() {
    return edge.by(DocumentServiceGrpc::newBlockingStub);
  }

  private CreateDocumentResponse create(String content) {
    return create(CreateDocumentRequest.newBuilder().setName(edge.name()).setContent(content));
  }

  private CreateDocumentResponse create(CreateDocumentRequest.Builder request) {
    return documents().createDocument(request.build());
  }

  private static String more(String name, String value) {
    return Bombs.document("\"" + name + "\":" + value);
  }

  private static String joined(int count, IntFunction<String> each) {
    return IntStream.range(0, count).mapToObj(each).collect(Collectors.joining(","));
  }

  /** A document of these steps. */
  static String steps(String steps) {
    return "{\"schemaVersion\":\"2.2\",\"mainSteps\":[" + steps + "]}";
  }

  private void text() {
    String small = more("more", "1");
    edge.sized("MAX_BYTES", 65_536, n -> create(small + " ".repeat(n - small.length())));
    edge.sized("MAX_DEPTH", 20, n -> create(more("more", "[".repeat(n - 1) + "]".repeat(n - 1))));
    String yaml = "schemaVersion: '2.2'\nmainSteps:\n- " + STEP.formatted("only") + "\n";
    edge.sized(
        "MAX_DEPTH", 20, n -> create(yaml + "more: " + "[".repeat(n - 1) + "]".repeat(n - 1)));
    // The document that all these are made of has ten values without those in the list.
    edge.sized(
        "MAX_NODES", 10_000, n -> create(more("more", "[" + joined(n - 10, _ -> "0") + "]")));
    edge.sized(
        "MAX_ALIASES", 10, n -> create(yaml + "more: [&a x, " + joined(n, _ -> "*a") + "]\n"));
    edge.sized("MAX_ANCHORS", 100, n -> create(yaml + "more: [" + joined(n, _ -> "&a x") + "]\n"));
    edge.sized("MAX_NUMBER_LENGTH", 40, n -> create(more("more", "9".repeat(n))));
    // Of 101 mistakes 100 are told, or counted where there is no room; the text is refused.
    edge.beyond("MAX_PROBLEMS", 100, () -> create(steps("7" + ",7".repeat(100))));
  }

  private void parts() {
    edge.sized("MAX_STEPS", 50, n -> create(steps(joined(n, i -> STEP.formatted("s" + i)))));
    edge.sized("MAX_STEP_NAME", 64, n -> create(steps(STEP.formatted("s".repeat(n)))));
    edge.sized(
        "MAX_INPUTS",
        50,
        n ->
            create(
                steps(
                    "{\"action\":\"aws:runShellScript\",\"name\":\"many\",\"inputs\":["
                        + joined(n, _ -> "{\"runCommand\":[\"true\"]}")
                        + "]}")));
    warned("MAX_STEP_ATTEMPTS", 10, "maxAttempts");
    warned("seconds of a timeout", 172_800, "timeoutSeconds");
    edge.sized(
        "MAX_PARAMETERS",
        50,
        n -> create(more("parameters", "{" + joined(n, i -> parameter("p" + i, "")) + "}")));
    edge.sized(
        "characters of a parameter's name",
        64,
        n -> create(more("parameters", "{" + parameter("p".repeat(n), "") + "}")),
        63);
    edge.sized("MAX_PATTERN_LENGTH", 512, n -> create(pattern("a".repeat(n))));
    edge.sized("MAX_PATTERN_SIZE", 2_000, n -> create(pattern("a{999}b{" + (n - 1_001) + "}")));
  }

  /** Beyond these nothing is refused; a warning says that what is written has no effect. */
  private void warned(String limit, int most, String key) {
    IntFunction<Boolean> noted =
        n ->
            create(
                    steps(
                        STEP.formatted("only")
                            .replace("\"inputs\"", "\"" + key + "\":" + n + ",\"inputs\"")))
                .getWarningsList()
                .stream()
                .map(Warning::getMessage)
                .anyMatch(told -> told.contains(key) && told.contains(" to " + most + " "));
    edge.trial().require(!noted.apply(most), limit + ": what is just within it is warned of");
    edge.trial().require(noted.apply(most + 1), limit + ": nothing is said of one more");
  }

  static String parameter(String name, String more) {
    return "\"" + name + "\":{\"type\":\"String\"" + more + "}";
  }

  private static String pattern(String pattern) {
    return more(
        "parameters", "{" + parameter("p", ",\"allowedPattern\":\"" + pattern + "\"") + "}");
  }

  private void labels() {
    String content = more("more", "1");
    edge.sized(
        "characters of a document's name",
        128,
        n -> create(CreateDocumentRequest.newBuilder().setName("n".repeat(n)).setContent(content)));
    edge.sized("characters of a version's name", 128, n -> create(labelled().setVersionName(x(n))));
    edge.sized("characters of a display name", 1_024, n -> create(labelled().setDisplayName(x(n))));
    edge.sized("tags of a resource", 50, n -> create(labelled().putAllTags(tags(n))));
    edge.sized("characters of a tag's key", 128, n -> create(labelled().putTags(x(n), "v")));
    edge.sized("characters of a tag's value", 256, n -> create(labelled().putTags("k", x(n))));
  }

  private CreateDocumentRequest.Builder labelled() {
    return CreateDocumentRequest.newBuilder().setName(edge.name()).setContent(more("more", "1"));
  }

  static String x(int count) {
    return "x".repeat(count);
  }

  static Map<String, String> tags(int count) {
    Map<String, String> tags = new HashMap<>();
    IntStream.range(0, count).forEach(i -> tags.put("key" + i, "value"));
    return tags;
  }

  private void calendars() {
    edge.sized("events of a calendar", 500, n -> calendar(edge.name(), n, ""));
    edge.sized(
        "rules of a calendar", 50, n -> calendar(edge.name(), n, "\r\nRRULE:FREQ=YEARLY;COUNT=2"));
  }

  private CreateDocumentResponse calendar(String name, int events, String rule) {
    return create(
        CreateDocumentRequest.newBuilder()
            .setName(name)
            .setDocumentType(DocumentType.DOCUMENT_TYPE_CHANGE_CALENDAR)
            .setContent(calendar(events, rule)));
  }

  /** The text of a calendar. */
  static String calendar(int events, String rule) {
    List<String> lines = new ArrayList<>();
    lines.addAll(List.of("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//EN"));
    lines.add("X-CALENDAR-TYPE:DEFAULT_OPEN");
    for (int i = 0; i < events; i++) {
      lines.addAll(List.of("BEGIN:VEVENT", "UID:" + i, "DTSTART:20300101T000000Z"));
      lines.add("DTEND:20300101T010000Z" + rule);
      lines.add("END:VEVENT");
    }
    lines.add("END:VCALENDAR");
    return String.join("\r\n", lines) + "\r\n";
  }

  private void counts() throws InterruptedException {
    if (edge.trial().scale() == Scale.SMOKE) {
      return;
    }
    String name = edge.name();
    create(CreateDocumentRequest.newBuilder().setName(name).setContent(more("more", "0")));
    edge.fill("versions of a document", 999, i -> version(name, i));
    edge.beyond("versions of a document", 1_000, () -> version(name, 1_000));
  }

  private Object version(String name, int number) {
    return documents()
        .updateDocument(
            UpdateDocumentRequest.newBuilder()
                .setName(name)
                .setContent(more("more", "\"version " + number + "\""))
                .build());
  }
}
