package dev.holdfast.faults;

import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import dev.holdfast.wire.v1.ListDocumentsRequest;
import dev.holdfast.wire.v1.ListDocumentsResponse;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Calls that try to get past who may call what, and names that try to be paths. */
final class AdminCases {
  private AdminCases() {}

  static List<Case> all() {
    return List.of(new PathTricks(), new Traversal());
  }

  /** Methods by other spellings of their names. */
  static final class PathTricks implements Case {
    private static final String METHOD = "holdfast.v1.DocumentService/ListDocuments";

    @Override
    public String id() {
      return "Z02";
    }

    @Override
    public String claim() {
      return "a method has one name: by any other, or without a token, nothing of it is reached";
    }

    @Override
    public void run(Trial trial) throws Exception {
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      Map<String, Integer> answers = new TreeMap<>();
      List<String> names =
          List.of(
              "/" + METHOD,
              "//" + METHOD,
              METHOD + "/",
              METHOD + ".",
              METHOD + " ",
              METHOD.toUpperCase(Locale.ROOT),
              METHOD.replace("/", "//"),
              METHOD.replace("/", "%2F"),
              METHOD.replace("List", "%4Cist"),
              METHOD.replace("holdfast.v1.", "holdfast.v1.../holdfast.v1."),
              "x/../" + METHOD,
              "./" + METHOD,
              METHOD + "?x=y",
              METHOD + "#x",
              METHOD + ";x");
      for (String name : names) {
        for (boolean token : new boolean[] {true, false}) {
          trial.count(Figure.FAULTS, 1);
          Status status = call(rig, name, token);
          answers.merge(status.getCode().name(), 1, Integer::sum);
          trial.require(
              status.getCode() == Status.Code.UNIMPLEMENTED
                  || status.getCode() == Status.Code.UNAUTHENTICATED,
              name + " was answered with " + status);
          trial.count(Figure.REFUSED, 1);
        }
      }
      trial.require(call(rig, METHOD, true).isOk(), "its own name does not work");
      for (String open :
          List.of(
              METHOD,
              "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
              "grpc.channelz.v1.Channelz/GetServers")) {
        trial.require(
            call(rig, open, false).getCode() == Status.Code.UNAUTHENTICATED,
            open + " answers without a token");
      }
      trial.note("answers", answers);
    }

    private static Status call(Rig rig, String name, boolean token) {
      MethodDescriptor<ListDocumentsRequest, ListDocumentsResponse> method =
          MethodDescriptor.<ListDocumentsRequest, ListDocumentsResponse>newBuilder()
              .setType(MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(name)
              .setRequestMarshaller(
                  ProtoUtils.marshaller(ListDocumentsRequest.getDefaultInstance()))
              .setResponseMarshaller(
                  ProtoUtils.marshaller(ListDocumentsResponse.getDefaultInstance()))
              .build();
      CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS);
      try {
        var _ =
            ClientCalls.blockingUnaryCall(
                rig.channel(),
                method,
                token ? options.withCallCredentials(rig.token()) : options,
                ListDocumentsRequest.getDefaultInstance());
        return Status.OK;
      } catch (StatusRuntimeException e) {
        return e.getStatus();
      }
    }
  }

  /** Names that lead out of a folder, if anything is ever made from them. */
  static final class Traversal implements Case {
    private static final List<String> NAMES =
        List.of(
            "../outside",
            "a/../../outside",
            "..\\outside",
            ".",
            "..",
            "...",
            "a..b",
            "/etc/outside",
            "C:\\outside",
            "a\0b",
            "%2e%2e%2foutside",
            "..%c0%afoutside",
            "\u2024\u2024/outside",
            "\uff0e\uff0e/outside",
            "a\nb",
            "~/outside",
            " ",
            "x".repeat(300));

    @Override
    public String id() {
      return "D04";
    }

    @Override
    public String claim() {
      return "a name that could lead out of a folder is refused, here and on the host, and no file"
          + " outside is touched";
    }

    @Override
    public void run(Trial trial) throws Exception {
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      Path canary = Files.createDirectory(trial.folder().resolve("canary"));
      for (int i = 0; i < 20; i++) {
        Files.writeString(canary.resolve("file-" + i), "precious " + i);
      }
      String before = hash(canary);
      int refused = 0;
      for (String name : NAMES) {
        for (String content : List.of(document("fine"), document(name))) {
          boolean good = content.equals(document("fine"));
          trial.count(Figure.FAULTS, 1);
          try {
            var _ =
                DocumentServiceGrpc.newBlockingStub(rig.channel())
                    .withCallCredentials(rig.token())
                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                    .createDocument(
                        CreateDocumentRequest.newBuilder()
                            .setName(good ? name : "document-" + refused)
                            .setContent(content)
                            .build());
            trial.require(false, "taken: " + (good ? "a document " : "a step ") + printable(name));
          } catch (StatusRuntimeException e) {
            refused++;
            trial.require(
                e.getStatus().getCode() == Status.Code.INVALID_ARGUMENT,
                printable(name) + " was answered with " + e.getStatus());
          }
        }
        host(trial, name, canary);
      }
      trial.figure(Figure.REFUSED, refused);
      trial.require(hash(canary).equals(before), "something was touched");
      trial.require(
          Files.notExists(trial.folder().resolve("outside"))
              && Files.notExists(Path.of("/outside")),
          "there is a file outside");
    }

    /** The same on the host, which is not to rely on the coordinator. */
    private static void host(Trial trial, String name, Path canary)
        throws IOException, InterruptedException {
      Path folder = Files.createTempDirectory(canary.getParent(), "host");
      Path file = Files.writeString(folder.resolve("document.json"), document(name));
      Shell.Ran ran =
          Shell.run(
              folder,
              Duration.ofSeconds(60),
              List.of(
                  System.getProperty("holdfast.root") + "/packaging/bin/holdfast-agent",
                  "document",
                  "run",
                  file.toString(),
                  "--output",
                  folder + "/out"));
      trial.require(ran.exitCode() != 0, "the host ran a step named " + printable(name));
    }

    private static String document(String step) {
      return """
      {"schemaVersion": "2.2", "mainSteps": [{"action": "aws:runShellScript", "name": %s,
       "inputs": {"runCommand": ["true"]}}]}
      """
          .formatted(quoted(step));
    }

    private static String quoted(String text) {
      StringBuilder quoted = new StringBuilder("\"");
      text.chars().forEach(c -> quoted.append("\\u%04x".formatted(c)));
      return quoted.append('"').toString();
    }

    private static String printable(String name) {
      return quoted(name.length() > 20 ? name.substring(0, 20) + "..." : name);
    }

    private static String hash(Path folder) throws IOException {
      List<String> all = new ArrayList<>();
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted().toList()) {
          all.add(
              file
                  + " "
                  + Files.getLastModifiedTime(file)
                  + (Files.isRegularFile(file) ? Files.readString(file) : ""));
        }
      }
      return String.join("\n", all);
    }
  }
}
