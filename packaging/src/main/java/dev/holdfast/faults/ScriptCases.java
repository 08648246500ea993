package dev.holdfast.faults;

import dev.holdfast.document.JsonText;
import dev.holdfast.document.Value;
import dev.holdfast.system.Launched;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Values that want to be code, and scripts that do not want to end. */
final class ScriptCases {
  private ScriptCases() {}

  static List<Case> all() {
    return List.of(new Injection(), new Stubborn());
  }

  /** What the agent says of a document that it runs here and now: a line of JSON. */
  private static String ran(Trial trial, Path folder, String document, Map<String, Value> values)
      throws Exception {
    Path file = Files.writeString(folder.resolve("document.yaml"), document);
    Path given =
        Files.writeString(
            folder.resolve("parameters.json"), JsonText.line(new Value.Fields(values)));
    trial.count(Figure.FAULTS, 1);
    try (Launched agent =
        Launched.start(
            folder,
            "holdfast-agent",
            List.of("document", "run", file.toString(), "--parameters", given.toString()))) {
      return agent.awaitLine("{", Duration.ofMinutes(5));
    }
  }

  /** Values of parameters that would be commands, if anybody took them for a part of the script. */
  static final class Injection implements Case {
    private static final List<String> PAYLOADS =
        List.of(
            "; touch CANARY",
            "&& touch CANARY",
            "|| touch CANARY",
            "| tee CANARY",
            "& touch CANARY &",
            "$(touch CANARY)",
            "`touch CANARY`",
            "${IFS}touch${IFS}CANARY",
            "$((1+1))",
            "$HOME ${HOME}",
            "$$ $1 $@ $* $#",
            "'; touch CANARY; '",
            "\"; touch CANARY; \"",
            "'\"'\"'",
            "\\ \\\" \\n\\0\\x41",
            "a\nb",
            "a\r\nb",
            "\ttab\t",
            "-rf /nowhere",
            "--help",
            "~root *",
            "?[a-z]{1,2} {a,b}",
            "> CANARY",
            "< /etc/passwd",
            "2>&1",
            "# comment",
            "!history",
            "%s%n%d",
            "EOF\ntouch CANARY\nEOF",
            "{{ otherSecret }}",
            "{{otherSecret}}{{ p0 }}",
            "{{ p1 }}",
            "{{ssm-x}} {{global:DATE}}",
            "SSM_p1=1",
            "${SSM_otherSecret}",
            "<script>&amp;</script>",
            "\u202ertl \u200b \ud83d\ude00",
            "e\u0301 \uff04(touch CANARY)",
            "a: [b, c]\n- d",
            "'''\n\"\"\"");

    @Override
    public String id() {
      return "D05";
    }

    @Override
    public String claim() {
      return "a value reaches its script as it is: by a variable always, pasted as text exactly"
          + " once, and what it says is never read as a part of the document";
    }

    @Override
    public void run(Trial trial) throws Exception {
      List<String> types =
          trial.scale() == Scale.SMOKE
              ? List.of("String")
              : List.of("String", "StringList", "StringMap", "MapList");
      for (String type : types) {
        for (boolean byVariable : List.of(true, false)) {
          Path folder = Files.createTempDirectory(trial.folder(), "values");
          Path canary = folder.resolve("canary");
          Map<String, Value> values = new LinkedHashMap<>();
          for (int i = 0; i < PAYLOADS.size(); i++) {
            values.put("p" + i, value(type, PAYLOADS.get(i).replace("CANARY", canary.toString())));
          }
          String said = ran(trial, folder, document(type, byVariable, folder), values);
          trial.require(
              said.startsWith("{\"status\":\"Success\""),
              type + ": " + said.substring(0, Math.min(200, said.length())));
          trial.require(!Files.exists(canary), type + ": a value was executed");
          for (Map.Entry<String, Value> value : values.entrySet()) {
            String expected = JsonText.inText(value.getValue()) + (byVariable ? "" : "\n");
            Path out = folder.resolve("out-" + value.getKey());
            String there = Files.exists(out) ? Files.readString(out) : "nothing";
            trial.require(
                there.equals(expected),
                type + (byVariable ? " by variable: " : " as text: ") + there + " for " + expected);
          }
        }
      }
    }

    private static Value value(String type, String payload) {
      Value text = new Value.Text(payload);
      return switch (type) {
        case "StringList" -> new Value.Items(List.of(text, text));
        case "StringMap" -> new Value.Fields(Map.of("key", text));
        case "MapList" -> new Value.Items(List.of(new Value.Fields(Map.of("key", text))));
        default -> text;
      };
    }

    private static String document(String type, boolean byVariable, Path folder) {
      StringBuilder text = new StringBuilder("schemaVersion: '2.2'\nparameters:\n");
      text.append("  otherSecret: {type: String, default: leaked}\n");
      for (int i = 0; i < PAYLOADS.size(); i++) {
        text.append("  p%d: {type: %s".formatted(i, type));
        text.append(byVariable ? ", interpolationType: ENV_VAR}\n" : "}\n");
      }
      text.append("mainSteps:\n");
      for (int i = 0; i < PAYLOADS.size(); i++) {
        text.append("- action: aws:runShellScript\n  name: step%d\n  inputs:\n".formatted(i));
        text.append("    runCommand:\n    - |\n");
        Path out = folder.resolve("out-p" + i);
        if (byVariable) {
          text.append("      printf '%%s' \"$SSM_p%d\" > '%s'\n".formatted(i, out));
        } else {
          text.append("      cat > '%s' <<'THE-END-OF-IT'\n".formatted(out));
          text.append("      {{ p%d }}\n      THE-END-OF-IT\n".formatted(i));
        }
      }
      return text.toString();
    }
  }

  /** Scripts that will not end when they are told to. */
  static final class Stubborn implements Case {
    private static final int TIMEOUT = 5;

    @Override
    public String id() {
      return "D12";
    }

    @Override
    public String claim() {
      return "a script that ignores its end, stops itself or leaves its session is gone when its"
          + " time is over, and the next step runs if it may";
    }

    @Override
    public void run(Trial trial) throws Exception {
      trial.needsProgram("pgrep");
      trial.needsProgram("bash");
      int rounds = trial.scale().of(1, 3, 20);
      List<String> ways =
          List.of(
              "trap '' TERM; while :; do exec -a MARK sleep 300; done",
              "bash -c 'exec -a MARK sleep 300' & kill -STOP $$; wait",
              "setsid bash -c \"trap '' TERM HUP; exec -a MARK sleep 300\" & wait",
              "(setsid bash -c '(setsid bash -c \"exec -a MARK sleep 300\" &)' &); sleep 300");
      for (int round = 0; round < rounds; round++) {
        for (String way : ways) {
          String mark = "holdfast-stubborn-" + trial.random().nextLong(Long.MAX_VALUE);
          Path folder = Files.createTempDirectory(trial.folder(), "stubborn");
          long began = System.nanoTime();
          String said = ran(trial, folder, document(way.replace("MARK", mark)), Map.of());
          double seconds = (System.nanoTime() - began) / 1e9;
          trial.largest(Figure.RECOVERY, seconds);
          trial.requireInTime(seconds < TIMEOUT + 10 + 5 + 15, way + " took " + seconds + " s");
          trial.require(said.contains("\"status\":\"TimedOut\""), way + " came to " + said);
          trial.require(said.contains("after all"), "the next step did not run: " + said);
          TimeUnit.MILLISECONDS.sleep(200);
          List<Long> left = Shell.named(trial.folder(), mark);
          trial.require(left.isEmpty(), way + " left " + left);
          Shell.end(left);
        }
      }
    }

    private static String document(String script) {
      return """
      schemaVersion: '2.2'
      mainSteps:
      - action: aws:runShellScript
        name: stubborn
        onFailure: Continue
        inputs:
          timeoutSeconds: %d
          runCommand:
          - |
            exec bash -c "$(cat <<'THE-END-OF-IT'
            %s
            THE-END-OF-IT
            )"
      - action: aws:runShellScript
        name: next
        inputs:
          runCommand: ["echo after all"]
      """
          .formatted(TIMEOUT, script);
    }
  }
}
