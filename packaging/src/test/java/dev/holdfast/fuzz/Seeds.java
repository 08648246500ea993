package dev.holdfast.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.testing.FormatSamples;
import dev.holdfast.agent.testing.MemoryDisk;
import dev.holdfast.agent.testing.Samples;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.Generation;
import dev.holdfast.association.Trigger;
import dev.holdfast.report.Output;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.wire.AssignmentCodec;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.ReportBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** What a fuzzer begins with: inputs that a target takes. */
final class Seeds {
  private static final Instant WHEN = Instant.parse("2026-03-28T12:00:00Z");

  private Seeds() {}

  /** Puts the seeds of a target into a folder, a file each. */
  static void write(Target target, Path folder) throws IOException {
    int number = 0;
    for (byte[] seed : of(target)) {
      Files.write(folder.resolve("seed-" + number++), seed);
    }
  }

  private static List<byte[]> of(Target target) throws IOException {
    return switch (target) {
      case DOCUMENT -> documents();
      case PARAMETERS ->
          texts(
              """
              {"Word": "abc", "Env": "x", "Words": ["a", "b"], "Flag": true, "Number": 7,
               "Map": {"a": "b"}, "Maps": [{"a": 1.5e3}], "ssm:other": null}
              """,
              "{\"Word\": [\"abc\"], \"Number\": \"12\", \"Flag\": \"True\"}");
      case STATE ->
          texts(
              "{\"path\": \"/etc/motd\", \"content\": \"hello\", \"mode\": \"0644\", \"owner\":"
                  + " \"root\"}",
              "{\"name\": \"ntp\", \"state\": \"running\", \"enabled\": true, \"ensure\":"
                  + " \"absent\"}",
              "{\"name\": \"x\", \"check\": \"true\", \"apply\": \"true\", \"restart\": [\"ssh\"]}",
              "{\"port\": 22, \"protocol\": \"tcp\", \"source\": \"10.0.0.0/8\", \"key\":"
                  + " \"net.ipv4.ip_forward\", \"value\": \"1\"}");
      case SCHEDULE ->
          texts(
              "rate(30 minutes)",
              "rate(7 days)",
              "cron(0 2 ? * SUN#2 *)",
              "cron(0/15 8-18 L * ? 2026-2030)",
              "cron(30 2 ? MAR SUN *)",
              "cron(0 0 15W * ? *)",
              "at(2026-03-29T02:30:00)");
      case CALENDAR -> calendars();
      case PATTERN -> texts("^[a-z]{1,9}(b|c)*$\nabc", "(?i)\\d+[^\\s]\\b\n42x", "a{2,5}?\naaa");
      case CONFIGURATION ->
          texts(
              "name: a\non: false\ncount: 7\nlife: 3h\nlist: [a, 'b']\n",
              """
              allowed_actions: ["aws:run*", "state:file"]
              allowed_users: [root]
              max_runs: 2
              freeze: true
              quiet_hours: ["22:00-06:00"]
              run_on_edit: false
              """);
      case FROM_AGENT -> List.of(fromAgent());
      case FROM_COORDINATOR ->
          List.of(
              CoordinatorMessage.newBuilder()
                  .setSet(AssignmentCodec.toProto(set()))
                  .build()
                  .toByteArray());
      case STORED ->
          List.of(
              marked(0, Samples.assignment(1).bytes()),
              marked(0, Samples.assignment(2).state().bytes()),
              marked(1, AssignmentCodec.setToBytes(set())),
              marked(2, ReportCodec.toBytes(3, run()).toByteArray()),
              marked(3, ReportCodec.toBytes(step())),
              marked(4, ReportCodec.pack(List.of(Map.of("Name", "bash"))).toByteArray()));
      case SPOOL -> files("spool/");
      case LEDGER -> files("");
    };
  }

  private static List<byte[]> documents() throws IOException {
    Path root = Path.of(Objects.requireNonNull(System.getProperty("holdfast.root")));
    List<byte[]> all =
        new ArrayList<>(
            texts(
                """
                {"schemaVersion": "1.2", "parameters": {"a": {"type": "String", "default": "b"}},
                 "runtimeConfig": {"aws:runShellScript": {"properties":
                   [{"id": "one", "runCommand": ["echo {{ a }}"], "timeoutSeconds": "60"}]}}}
                """,
                """
                {"schemaVersion": "2.2", "mainSteps": [{"action": "aws:runShellScript", "name": "a",
                  "precondition": {"StringEquals": ["platformType", "Linux"]}, "onFailure": "exit",
                  "inputs": {"runCommand": ["echo"], "finallyStep": true}}]}
                """));
    try (Stream<Path> examples = Files.list(root.resolve("packaging/examples"))) {
      for (Path example : examples.filter(file -> file.toString().endsWith(".yaml")).toList()) {
        all.add(Files.readAllBytes(example));
      }
    }
    return all;
  }

  private static List<byte[]> calendars() {
    return texts(
        """
        BEGIN:VCALENDAR
        VERSION:2.0
        PRODID:-//Anything//EN
        X-CALENDAR-TYPE:DEFAULT_OPEN
        BEGIN:VTIMEZONE
        TZID:Europe/Berlin
        BEGIN:STANDARD
        DTSTART:19701025T030000
        RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
        TZOFFSETFROM:+0200
        TZOFFSETTO:+0100
        END:STANDARD
        END:VTIMEZONE
        BEGIN:VEVENT
        UID:1
        DTSTART;TZID=Europe/Berlin:20260301T220000
        DURATION:PT3H
        RRULE:FREQ=WEEKLY;BYDAY=MO,FR;COUNT=40
        EXDATE;TZID=Europe/Berlin:20260330T220000
        END:VEVENT
        BEGIN:VEVENT
        UID:2
        DTSTART;VALUE=DATE:20260401
        DTEND;VALUE=DATE:20260403
        RRULE:FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20301231
        END:VEVENT
        END:VCALENDAR
        """
            .replace("\n", "\r\n"));
  }

  private static AssignmentSet set() {
    return new AssignmentSet(
        new Generation(1, 5),
        List.of(Samples.assignment(1).from(WHEN), Samples.assignment(2).from(WHEN)),
        List.of("an execution"),
        List.of());
  }

  private static byte[] fromAgent() {
    return AgentMessage.newBuilder()
        .setReports(ReportBatch.newBuilder().addReports(ReportCodec.toProto(3, run())))
        .build()
        .toByteArray();
  }

  private static Report.Run run() {
    return new Report.Run(
        Samples.association(1),
        new Trigger.Tick(WHEN),
        1,
        1,
        RunStatus.SUCCESS,
        "Success",
        Samples.assignment(1).body(),
        1,
        1,
        Optional.of(WHEN),
        Optional.of(WHEN),
        Optional.of(WHEN),
        false,
        0,
        List.of(step()),
        "");
  }

  private static StepResult step() {
    return new StepResult(
        "first",
        "aws:runShellScript",
        RunStatus.SUCCESS,
        0,
        1,
        Optional.of(WHEN),
        Optional.of(WHEN),
        false,
        List.of(),
        new Output(ByteString.copyFromUtf8("said"), ByteString.EMPTY, 4),
        Output.NONE,
        "");
  }

  /** Each sample file below the folder, as it is and to be sealed. */
  private static List<byte[]> files(String below) {
    MemoryDisk disk = FormatSamples.read("state");
    List<byte[]> all = new ArrayList<>();
    for (String path : disk.paths()) {
      if (path.startsWith(below)) {
        byte[] bytes = disk.read(path).orElseThrow();
        all.add(bytes);
        all.add(marked(1, bytes));
      }
    }
    return all;
  }

  private static byte[] marked(int mark, byte[] bytes) {
    byte[] marked = new byte[bytes.length + 1];
    marked[0] = (byte) mark;
    System.arraycopy(bytes, 0, marked, 1, bytes.length);
    return marked;
  }

  private static List<byte[]> texts(String... texts) {
    return Stream.of(texts).map(text -> text.getBytes(UTF_8)).toList();
  }
}
