package dev.holdfast.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.agent.policy.Policy;
import dev.holdfast.calendar.CalendarReading;
import dev.holdfast.calendar.ChangeCalendar;
import dev.holdfast.config.ConfigException;
import dev.holdfast.config.ConfigReader;
import dev.holdfast.config.Key;
import dev.holdfast.document.Document;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.DocumentReading;
import dev.holdfast.document.DocumentReading.Format;
import dev.holdfast.document.DocumentText;
import dev.holdfast.document.JsonText;
import dev.holdfast.document.ParameterRules;
import dev.holdfast.document.StateInputs;
import dev.holdfast.document.Step;
import dev.holdfast.document.Substitution;
import dev.holdfast.document.Value;
import dev.holdfast.pattern.Patterns;
import dev.holdfast.schedule.Schedule;
import dev.holdfast.schedule.ScheduleReader;
import dev.holdfast.schedule.ScheduleReading;
import dev.holdfast.state.StateReader;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The readers of what people write. */
final class Texts {
  private static final Instant WHEN = Instant.parse("2026-03-28T12:00:00Z");
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  /** A parameter of each type. */
  private static final Document EVERY_TYPE =
      DocumentReader.read(
              """
              schemaVersion: "2.2"
              parameters:
                Word: {type: String, allowedPattern: "^[a-z]*$", maxChars: 9}
                Env: {type: String, interpolationType: ENV_VAR, default: none}
                Words: {type: StringList, default: [a], maxItems: 3}
                Flag: {type: Boolean, default: false}
                Number: {type: Integer, default: 1}
                Map: {type: StringMap, default: {}}
                Maps: {type: MapList, default: []}
              mainSteps:
              - action: aws:runShellScript
                name: only
                inputs:
                  runCommand: ["echo {{ Word }} {{ Words }} {{ Map }} {{ Maps }}", "{{ Number }} {{Flag}}"]
              """
                  .getBytes(UTF_8))
          .document()
          .orElseThrow();

  private Texts() {}

  static void document(byte[] bytes) {
    DocumentReading reading = DocumentReader.read(bytes);
    Target.require(
        reading.document().isPresent() == reading.errors().isEmpty(),
        "a document and errors, or neither: " + reading.errors());
    reading
        .document()
        .ifPresent(
            document -> {
              ParameterRules.Check check = ParameterRules.check(document, Map.of());
              if (check.errors().isEmpty()) {
                document.steps().forEach(step -> resolve(step, document, check.values()));
              }
              again(new String(bytes, UTF_8), reading.format());
            });
  }

  /** Written in the other format, and back, it says the same. */
  private static void again(String text, Format format) {
    String json = DocumentText.convert(text, format, Format.JSON);
    String yaml = DocumentText.convert(json, Format.JSON, Format.YAML);
    String back = DocumentText.convert(yaml, Format.YAML, Format.JSON);
    Target.require(
        canonical(json).equals(canonical(back)), "as YAML it is another:\n" + json + "\n" + yaml);
  }

  private static Optional<String> canonical(String json) {
    return DocumentReader.readJson(json.getBytes(UTF_8), new ArrayList<>())
        .map(JsonText::canonical);
  }

  private static void resolve(Step step, Document document, Map<String, Value> values) {
    Substitution.fits(step, document, values);
    Value inputs = Substitution.inputs(step, document, values);
    JsonText.canonical(inputs);
    if (StateInputs.describes(step.action())) {
      StateInputs.read(step.action(), inputs);
    }
  }

  static void parameters(byte[] bytes) {
    json(bytes)
        .ifPresent(
            value -> {
              if (value instanceof Value.Fields(var fields)) {
                ParameterRules.Check check = ParameterRules.check(EVERY_TYPE, fields);
                if (check.errors().isEmpty()) {
                  Step only = EVERY_TYPE.steps().getFirst();
                  resolve(only, EVERY_TYPE, check.values());
                  Substitution.environment(EVERY_TYPE, check.values());
                }
              }
            });
  }

  static void state(byte[] bytes) {
    json(bytes)
        .ifPresent(
            inputs -> {
              for (String action : StateReader.actions()) {
                var reading = StateInputs.read(action, inputs);
                Target.require(
                    reading.resource().isPresent() == reading.errors().isEmpty(),
                    action + " is read and refused, or neither");
              }
            });
  }

  private static Optional<Value> json(byte[] bytes) {
    Optional<Value> value = DocumentReader.readJson(bytes, new ArrayList<>());
    value.ifPresent(
        read -> {
          String once = JsonText.canonical(read);
          Target.require(
              DocumentReader.readJson(once.getBytes(UTF_8), new ArrayList<>())
                  .map(JsonText::canonical)
                  .filter(once::equals)
                  .isPresent(),
              "it is written in a way that is not read again: " + once);
        });
    return value;
  }

  static void schedule(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    for (ZoneId zone : List.of(ZoneOffset.UTC, BERLIN)) {
      ScheduleReading reading = ScheduleReader.read(text, zone, bytes.length % 7);
      Target.require(
          reading.schedule().isPresent() == reading.errors().isEmpty(),
          "a schedule and errors, or neither");
      reading.schedule().ifPresent(Texts::firings);
    }
  }

  private static void firings(Schedule schedule) {
    Instant after = WHEN;
    for (int i = 0; i < 4; i++) {
      Optional<Instant> next = schedule.next(after, WHEN);
      if (next.isEmpty()) {
        return;
      }
      Target.require(next.get().isAfter(after), next.get() + " is not after " + after);
      after = next.get();
    }
  }

  static void calendar(byte[] bytes) {
    CalendarReading reading = ChangeCalendar.read(bytes);
    Target.require(
        reading.calendar().isPresent() == reading.errors().isEmpty(),
        "a calendar and errors, or neither");
    reading
        .calendar()
        .ifPresent(
            calendar -> {
              List<ChangeCalendar> one = List.of(calendar);
              ChangeCalendar.nextTransition(one, WHEN)
                  .ifPresent(
                      next -> {
                        Target.require(next.isAfter(WHEN), "the next transition was " + next);
                        Target.require(
                            ChangeCalendar.state(one, next)
                                != ChangeCalendar.state(one, next.minus(Duration.ofMillis(1))),
                            "nothing changes at " + next);
                      });
            });
  }

  static void pattern(byte[] bytes) {
    String[] parts = new String(bytes, UTF_8).split("\n", 2);
    if (Patterns.problem("pattern", parts[0]).isEmpty()) {
      Patterns.found(parts[0], List.of(parts.length > 1 ? parts[1] : ""));
    }
  }

  static void configuration(byte[] bytes) {
    try {
      ConfigReader.read(
          "any.yaml",
          bytes,
          List.of(
              Key.text("name", ""),
              Key.flag("on", true),
              Key.whole("count", 1, 0, 10),
              Key.duration("life", Duration.ofDays(1), Duration.ZERO, Duration.ofDays(9)),
              Key.texts("list", List.of())));
    } catch (ConfigException e) {
      Target.require(!Objects.toString(e.getMessage(), "").isBlank(), "refused without a word");
    }
    try {
      Policy.read("policy.yaml", bytes);
    } catch (ConfigException | IllegalArgumentException e) {
      Target.require(!Objects.toString(e.getMessage(), "").isBlank(), "refused without a word");
    }
  }
}
