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
import java.nio.ByteBuffer;
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
      paths(trial, rig);
    }

    /**
     * The same below gRPC, where a path need not even begin with a slash: what would be made by the
     * method is not there.
     */
    private static void paths(Trial trial, Rig rig) throws Exception {
      String service = "/holdfast.v1.DocumentService/";
      String path = service + "CreateDocument";
      List<String> paths =
          List.of(
              path.substring(1),
              "/" + path,
              "//" + path,
              path + "/",
              path + ".",
              path + "..",
              path + "%00",
              path + "\0",
              path + ";x=y",
              path + "?x=y",
              path + "#x",
              path + " ",
              " " + path,
              path.toUpperCase(Locale.ROOT),
              path.toLowerCase(Locale.ROOT),
              service + "createDocument",
              service + "./CreateDocument",
              service + "x/../CreateDocument",
              service + "/CreateDocument",
              service + "Create%44ocument",
              service.replace("DocumentService/", "DocumentService%2F") + "CreateDocument",
              path.replace('/', '\\'),
              "/x/.." + path,
              "/." + path,
              "/%2e" + path,
              "https://localhost" + path,
              "*",
              "",
              "/");
      String bearer = "Bearer " + Files.readString(rig.data().resolve("admin.token")).strip();
      int tries = 0;
      for (String one : paths) {
        tricked(trial, rig, rig.adminAddress(), one, Map.of("authorization", bearer), tries++);
        tricked(trial, rig, rig.adminAddress(), one, Map.of(), tries++);
      }
      tricked(trial, rig, rig.adminAddress(), path, Map.of(), tries++);
      tricked(
          trial, rig, rig.adminAddress(), path, Map.of("authorization", "bearer " + "x"), tries++);
      tricked(trial, rig, rig.agentAddress(), path, Map.of("authorization", bearer), tries++);
      trial.require(made(rig).isEmpty(), "reached by another path: " + made(rig));
      // and by its own it is: so it would have been seen
      tricked(trial, rig, rig.adminAddress(), path, Map.of("authorization", bearer), tries);
      trial.require(made(rig).equals(List.of("path-" + tries)), "its own path made " + made(rig));
    }

    /** One call on a connection of its own, which has to be answered or closed. */
    private static void tricked(
        Trial trial, Rig rig, String address, String path, Map<String, String> more, int number)
        throws Exception {
      byte[] message =
          CreateDocumentRequest.newBuilder()
              .setName("path-" + number)
              .setContent(Traversal.document("fine"))
              .build()
              .toByteArray();
      byte[] data =
          ByteBuffer.allocate(5 + message.length)
              .put((byte) 0)
              .putInt(message.length)
              .put(message)
              .array();
      trial.count(Figure.FAULTS, 1);
      try (RawPeer peer =
          RawPeer.tls(address, HandMade.strangersTls(Field.authority(rig))).greet()) {
        peer.frame(RawPeer.HEADERS, RawPeer.END_HEADERS, 1, RawPeer.headers(path, more));
        peer.frame(RawPeer.DATA, RawPeer.END_STREAM, 1, data);
        trial.require(
            Field.await(Duration.ofSeconds(10), () -> peer.refused() || peer.over()),
            "the path '" + path + "' is not answered");
      } catch (IOException e) {
        // It was closed before all was said.
      }
    }

    /** What was made by paths. */
    private static List<String> made(Rig rig) {
      return DocumentServiceGrpc.newBlockingStub(rig.channel())
          .withCallCredentials(rig.token())
          .listDocuments(ListDocumentsRequest.newBuilder().setPageSize(50).build())
          .getDocumentIdentifiersList()
          .stream()
          .map(document -> document.getName())
          .filter(name -> name.startsWith("path-"))
          .toList();
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
      return "a name that could lead out of a folder is refused, here and on the host, also if it"
          + " was forced into the store, and no file outside is touched";
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
      List<String> some = trial.scale() == Scale.SMOKE ? NAMES.subList(0, 8) : NAMES;
      ForcedRows forced = new ForcedRows(trial, rig, rig.enroll(Map.of()));
      for (int turn = 0; turn < trial.scale().of(1, 1, 4); turn++) {
        forced.judge(some, turn);
      }
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

    static String document(String step) {
      return """
      {"schemaVersion": "2.2", "mainSteps": [{"action": "aws:runShellScript", "name": %s,
       "inputs": {"runCommand": ["true"]}}]}
      """
          .formatted(quoted(step));
    }

    static String quoted(String text) {
      StringBuilder quoted = new StringBuilder("\"");
      text.chars().forEach(c -> quoted.append("\\u%04x".formatted(c)));
      return quoted.append('"').toString();
    }

    static String printable(String name) {
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
