package dev.holdfast.agent.run;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import dev.holdfast.agent.process.Processes.Outputs;
import dev.holdfast.agent.process.Processes.Started;
import dev.holdfast.agent.run.RunIntent.Nesting;
import dev.holdfast.agent.run.StepAttempt.PartEnd;
import dev.holdfast.association.Trigger;
import dev.holdfast.report.Output;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.AssignmentCodec;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.ValueCodec;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The journal's form of intents and states. */
final class RunBytes {
  private RunBytes() {}

  static void write(RunIntent intent, DataOutputStream out) throws IOException {
    RunRequest request = intent.request();
    out.writeUTF(request.runId());
    out.writeUTF(request.trigger().text());
    out.writeInt(request.attempt());
    out.writeLong(request.startNumber());
    write(AssignmentCodec.toBytes(request.assignment()), out);
    out.writeUTF(request.assignmentSha256().hex());
    write(request.document().toByteArray(), out);
    out.writeInt(request.children().size());
    for (Map.Entry<String, ByteString> child : new TreeMap<>(request.children()).entrySet()) {
      out.writeUTF(child.getKey());
      write(child.getValue().toByteArray(), out);
    }
    out.writeBoolean(request.scheduled().isPresent());
    if (request.scheduled().isPresent()) {
      write(request.scheduled().get(), out);
    }
    out.writeBoolean(request.caughtUp());
    out.writeInt(request.missedTicks());
    write(intent.begun(), out);
    out.writeBoolean(intent.nesting().isPresent());
    if (intent.nesting().isPresent()) {
      Nesting nesting = intent.nesting().get();
      write(nesting.outermost(), out);
      out.writeInt(nesting.path().size());
      for (String name : nesting.path()) {
        out.writeUTF(name);
      }
      write(nesting.document().toByteArray(), out);
      write(ValueCodec.toProto(nesting.values()).toByteArray(), out);
    }
  }

  static RunIntent intent(DataInputStream in) throws IOException {
    RunRequest request =
        new RunRequest(
            in.readUTF(),
            Trigger.parse(in.readUTF()).orElseThrow(() -> new IOException("not a trigger")),
            in.readInt(),
            in.readLong(),
            AssignmentCodec.fromBytes(bytes(in)),
            new Sha256(in.readUTF()),
            ByteString.copyFrom(bytes(in)),
            children(in),
            in.readBoolean() ? Optional.of(instant(in)) : Optional.empty(),
            in.readBoolean(),
            in.readInt());
    return new RunIntent(
        request, instant(in), in.readBoolean() ? Optional.of(nesting(in)) : Optional.empty());
  }

  private static Nesting nesting(DataInputStream in) throws IOException {
    Instant outermost = instant(in);
    List<String> path = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      path.add(in.readUTF());
    }
    ByteString document = ByteString.copyFrom(bytes(in));
    return new Nesting(
        outermost, path, document, ValueCodec.fromProto(Struct.parseFrom(bytes(in))));
  }

  private static Map<String, ByteString> children(DataInputStream in) throws IOException {
    Map<String, ByteString> children = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      children.put(in.readUTF(), ByteString.copyFrom(bytes(in)));
    }
    return children;
  }

  static void write(RunState state, DataOutputStream out) throws IOException {
    out.writeInt(state.results().size());
    for (StepResult result : state.results()) {
      write(ReportCodec.toBytes(result), out);
    }
    switch (state) {
      case RunState.Ready _ -> out.writeByte('r');
      case RunState.Begun(var _, var at) -> {
        out.writeByte('b');
        write(at, out);
      }
      case RunState.Running(var _, var at, var process) -> {
        out.writeByte('p');
        write(at, out);
        out.writeLong(process.pid());
        out.writeLong(process.startTicks());
        out.writeUTF(process.bootId());
        write(process.at(), out);
      }
      case RunState.Working(var _, var at) -> {
        out.writeByte('w');
        write(at, out);
      }
      case RunState.Ending(var _, var at, var as) -> {
        out.writeByte('k');
        write(at, out);
        out.writeUTF(as.name());
      }
      case RunState.Rebooting(var _, var at, var bootId, var since) -> {
        out.writeByte('a');
        write(at, out);
        out.writeUTF(bootId);
        write(since, out);
      }
      case RunState.Ended(var _, var status, var detailed, var end) -> {
        out.writeByte('e');
        out.writeUTF(status.name());
        out.writeUTF(detailed);
        write(end, out);
      }
    }
  }

  static RunState state(DataInputStream in) throws IOException {
    int count = in.readInt();
    List<StepResult> results = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      results.add(ReportCodec.stepFromBytes(bytes(in)));
    }
    int kind = in.readByte();
    return switch (kind) {
      case 'r' -> new RunState.Ready(results);
      case 'b' -> new RunState.Begun(results, attempt(in));
      case 'p' ->
          new RunState.Running(
              results,
              attempt(in),
              new Started(in.readLong(), in.readLong(), in.readUTF(), instant(in)));
      case 'w' -> new RunState.Working(results, attempt(in));
      case 'k' -> new RunState.Ending(results, attempt(in), RunStatus.valueOf(in.readUTF()));
      case 'a' -> new RunState.Rebooting(results, attempt(in), in.readUTF(), instant(in));
      case 'e' ->
          new RunState.Ended(results, RunStatus.valueOf(in.readUTF()), in.readUTF(), instant(in));
      default -> throw new IOException("not a state: " + kind);
    };
  }

  static void write(Map<String, Integer> secrets, DataOutputStream out) throws IOException {
    out.writeInt(secrets.size());
    for (Map.Entry<String, Integer> secret : new TreeMap<>(secrets).entrySet()) {
      out.writeUTF(secret.getKey());
      out.writeInt(secret.getValue());
    }
  }

  static Map<String, Integer> secrets(DataInputStream in) throws IOException {
    Map<String, Integer> secrets = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      secrets.put(in.readUTF(), in.readInt());
    }
    return secrets;
  }

  private static void write(StepAttempt at, DataOutputStream out) throws IOException {
    out.writeInt(at.step());
    out.writeInt(at.attempt());
    out.writeInt(at.reboots());
    out.writeInt(at.part());
    write(at.begun(), out);
    out.writeBoolean(at.earlier().isPresent());
    if (at.earlier().isPresent()) {
      PartEnd earlier = at.earlier().get();
      out.writeUTF(earlier.status().name());
      out.writeInt(earlier.exitCode());
      write(earlier.outputs().stdout(), out);
      write(earlier.outputs().stderr(), out);
      out.writeInt(earlier.outputs().left());
    }
  }

  private static StepAttempt attempt(DataInputStream in) throws IOException {
    int step = in.readInt();
    int attempt = in.readInt();
    int reboots = in.readInt();
    int part = in.readInt();
    Instant begun = instant(in);
    Optional<PartEnd> earlier =
        in.readBoolean()
            ? Optional.of(
                new PartEnd(
                    RunStatus.valueOf(in.readUTF()),
                    in.readInt(),
                    new Outputs(output(in), output(in), in.readInt())))
            : Optional.empty();
    return new StepAttempt(step, attempt, reboots, part, begun, earlier);
  }

  private static void write(Output output, DataOutputStream out) throws IOException {
    write(output.head().toByteArray(), out);
    write(output.tail().toByteArray(), out);
    out.writeLong(output.totalBytes());
  }

  private static Output output(DataInputStream in) throws IOException {
    return new Output(
        ByteString.copyFrom(bytes(in)), ByteString.copyFrom(bytes(in)), in.readLong());
  }

  private static void write(Instant instant, DataOutputStream out) throws IOException {
    out.writeLong(instant.getEpochSecond());
    out.writeInt(instant.getNano());
  }

  private static Instant instant(DataInputStream in) throws IOException {
    return Instant.ofEpochSecond(in.readLong(), in.readInt());
  }

  private static void write(byte[] bytes, DataOutputStream out) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static byte[] bytes(DataInputStream in) throws IOException {
    return in.readNBytes(in.readInt());
  }
}
