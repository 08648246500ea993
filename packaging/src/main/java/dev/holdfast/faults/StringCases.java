package dev.holdfast.faults;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.ActivationServiceGrpc;
import dev.holdfast.wire.v1.CreateActivationRequest;
import dev.holdfast.wire.v1.DescribeActivationsRequest;
import dev.holdfast.wire.v1.DescribeParametersRequest;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.FilterOperator;
import dev.holdfast.wire.v1.GetParameterRequest;
import dev.holdfast.wire.v1.ParameterServiceGrpc;
import dev.holdfast.wire.v1.PutParameterRequest;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Texts in all places where a text can be. */
final class StringCases {
  private StringCases() {}

  static List<Case> all() {
    return List.of(new Strings());
  }

  /** Every text field of every request, with each of the texts. */
  static final class Strings implements Case {
    /** How a call may end, whatever is in it. */
    private static final Set<Status.Code> FINE =
        Set.of(
            Status.Code.OK,
            Status.Code.INVALID_ARGUMENT,
            Status.Code.NOT_FOUND,
            Status.Code.ALREADY_EXISTS,
            Status.Code.FAILED_PRECONDITION,
            Status.Code.PERMISSION_DENIED,
            Status.Code.RESOURCE_EXHAUSTED,
            Status.Code.ABORTED);

    private static final int DEEP = 3;

    /** What is not to be tried: it would take away what the case calls with. */
    private static final Set<String> NOT = Set.of("SetFreeze");

    @Override
    public String id() {
      return "Z05";
    }

    @Override
    public String claim() {
      return "a text is stored as it is or refused, wherever it is put; no text changes the schema,"
          + " matches what it does not say, or makes a call fail";
    }

    /** A field, and the message fields on the way to it. */
    private record Place(MethodDescriptor<Message, Message> method, List<FieldDescriptor> path) {
      String name() {
        StringBuilder name = new StringBuilder(method.getBareMethodName() + "");
        path.forEach(field -> name.append('.').append(field.getName()));
        return name.toString();
      }

      Message request(String text) {
        Message.Builder request = Methods.empty(method).toBuilder();
        set(request, path, text);
        return request.build();
      }

      private static void set(Message.Builder in, List<FieldDescriptor> path, String text) {
        FieldDescriptor field = path.getFirst();
        Object value = text;
        if (path.size() > 1) {
          Message.Builder inner = in.newBuilderForField(field);
          set(inner, path.subList(1, path.size()), text);
          value = inner.build();
        }
        if (field.isRepeated()) {
          in.addRepeatedField(field, value);
        } else {
          in.setField(field, value);
        }
      }
    }

    @Override
    public void run(Trial trial) throws Exception {
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      Path database = rig.data().resolve("holdfast.db");
      List<Place> places = new ArrayList<>();
      for (var method : Methods.all(rig.channel(), Methods.token(rig))) {
        if (method.getFullMethodName().startsWith("holdfast.v1.")
            && !NOT.contains(method.getBareMethodName())) {
          places(method, Methods.empty(method), List.of(), places);
        }
      }
      trial.note("places", places.size());
      String schema = Rows.schema(database);
      long tokens = Rows.count(database, "token");
      Map<String, Integer> ends = new TreeMap<>();
      int each = trial.scale().of(3, 30, Hostile.all().size());
      try (ExecutorService callers = Executors.newFixedThreadPool(16)) {
        List<Future<?>> done = new ArrayList<>();
        for (Place place : places) {
          List<String> texts = new ArrayList<>(Hostile.all());
          Collections.shuffle(texts, new Random(trial.random().nextLong()));
          for (String text : texts.subList(0, each)) {
            done.add(callers.submit(() -> one(trial, rig, place, text, ends)));
          }
        }
        for (Future<?> one : done) {
          one.get();
        }
      }
      trial.note("ends", ends);
      cursors(trial, rig, places);
      trial.require(Rows.schema(database).equals(schema), "the schema has changed");
      trial.require(Rows.count(database, "token") >= tokens, "tokens are gone");
      verbatim(trial, rig);
      literal(trial, rig);
      trial.require(
          !rig.coordinator().said().contains("a call failed"), "a call failed in the log");
      Shell.Ran check = check(trial, rig);
      trial.require(check.exitCode() == 0, "check says " + check.said());
    }

    static Shell.Ran check(Trial trial, Rig rig) throws Exception {
      return Shell.run(
          trial.folder(),
          Duration.ofMinutes(1),
          List.of(
              System.getProperty("holdfast.root") + "/packaging/bin/holdfast-coordinator",
              "check",
              "--data",
              rig.data().toString()));
    }

    private static void places(
        MethodDescriptor<Message, Message> method,
        Message in,
        List<FieldDescriptor> before,
        List<Place> places) {
      for (FieldDescriptor field : in.getDescriptorForType().getFields()) {
        List<FieldDescriptor> path = new ArrayList<>(before);
        path.add(field);
        if (field.getType() == FieldDescriptor.Type.STRING) {
          places.add(new Place(method, path));
        } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && path.size() < DEEP) {
          places(method, in.toBuilder().newBuilderForField(field).build(), path, places);
        }
      }
    }

    private static void one(
        Trial trial, Rig rig, Place place, String text, Map<String, Integer> ends) {
      Status status =
          Methods.call(
                  rig.channel(),
                  place.method,
                  place.request(text),
                  Methods.token(rig),
                  Duration.ofMillis(200))
              .status();
      synchronized (ends) {
        trial.count(Figure.FAULTS, 1);
        ends.merge(status.getCode().name(), 1, Integer::sum);
        // A cold start that is busy may let a deadline pass; nothing else is told so.
        trial.require(
            FINE.contains(status.getCode()),
            place.name() + " = " + printable(text) + " ends with " + status);
      }
    }

    /** Page tokens as they are made, but by somebody else: any key, of any list. */
    private static void cursors(Trial trial, Rig rig, List<Place> places) {
      List<String> keys =
          List.of("", "x", "-1", "1|2", "|", "||", "a|b|c", "'", "9".repeat(40), "\u0000", "{}");
      for (Place place : places) {
        String field = place.path.getFirst().getName();
        if (!field.equals("page_token") && !field.equals("after")) {
          continue;
        }
        for (String key : keys) {
          String token =
              Base64.getUrlEncoder()
                  .withoutPadding()
                  .encodeToString(("2|admin|" + key).getBytes(StandardCharsets.UTF_8));
          Status status =
              Methods.call(
                      rig.channel(),
                      place.method,
                      place.request(token),
                      Methods.token(rig),
                      Duration.ofMillis(500))
                  .status();
          trial.count(Figure.FAULTS, 1);
          trial.require(
              FINE.contains(status.getCode()),
              place.name() + " with the key " + printable(key) + " ends with " + status);
        }
      }
    }

    /** What is taken comes back as it was. */
    private static void verbatim(Trial trial, Rig rig) {
      var activations =
          ActivationServiceGrpc.newBlockingStub(rig.channel()).withCallCredentials(rig.token());
      var parameters =
          ParameterServiceGrpc.newBlockingStub(rig.channel()).withCallCredentials(rig.token());
      int stored = 0;
      int number = 0;
      for (String text : Hostile.all()) {
        String name = "/verbatim/" + number++;
        Status put =
            People.status(
                () ->
                    parameters.putParameter(
                        PutParameterRequest.newBuilder().setName(name).setValue(text).build()));
        if (put.isOk()) {
          stored++;
          String back =
              parameters
                  .getParameter(GetParameterRequest.newBuilder().setName(name).build())
                  .getParameter()
                  .getValue();
          trial.require(
              back.equals(text),
              "as a value " + printable(text) + " comes back " + printable(back));
        } else {
          trial.require(
              put.getCode() == Status.Code.INVALID_ARGUMENT, printable(text) + " ends with " + put);
        }
        Status activated =
            People.status(
                () ->
                    activations.createActivation(
                        CreateActivationRequest.newBuilder()
                            .setDescription(text)
                            .putTags("verbatim", text)
                            .build()));
        if (activated.isOk()) {
          stored++;
          trial.require(
              described(activations, text), printable(text) + " does not come back as a tag");
        }
      }
      trial.require(stored > 50, "hardly any text is taken: " + stored);
      trial.figure(Figure.STORED, stored);
    }

    private static boolean described(
        ActivationServiceGrpc.ActivationServiceBlockingStub activations, String text) {
      String page = "";
      do {
        var answer =
            activations.describeActivations(
                DescribeActivationsRequest.newBuilder()
                    .setPageSize(100)
                    .setPageToken(page)
                    .build());
        if (answer.getActivationListList().stream()
            .anyMatch(
                each ->
                    text.equals(each.getTagsMap().get("verbatim"))
                        && each.getDescription().equals(text))) {
          return true;
        }
        page = answer.getNextPageToken();
      } while (!page.isEmpty());
      return false;
    }

    /** What stands for anything elsewhere stands for itself. */
    private static void literal(Trial trial, Rig rig) {
      var parameters =
          ParameterServiceGrpc.newBlockingStub(rig.channel()).withCallCredentials(rig.token());
      for (String name : List.of("/like/a_b", "/like/axb", "/like/a.b")) {
        var _ =
            parameters.putParameter(
                PutParameterRequest.newBuilder().setName(name).setValue("x").build());
      }
      for (String begin : List.of("/like/a_", "/like/%", "%", "_like", "/like/a.", "/like/?")) {
        List<String> names =
            parameters
                .describeParameters(
                    DescribeParametersRequest.newBuilder()
                        .setPageSize(100)
                        .addFilters(
                            Filter.newBuilder()
                                .setKey("Name")
                                .addValues(begin)
                                .setOperator(FilterOperator.FILTER_OPERATOR_BEGIN_WITH))
                        .build())
                .getParametersList()
                .stream()
                .map(each -> each.getName())
                .toList();
        trial.require(
            names.stream().allMatch(name -> name.startsWith(begin)),
            "what begins with " + begin + ": " + names);
        trial.require(
            names.isEmpty()
                == (begin.contains("%") || begin.contains("?") || begin.equals("_like")),
            "what begins with " + begin + ": " + names);
      }
    }

    private static String printable(String text) {
      String shown = text.length() > 40 ? text.substring(0, 40) + "..." : text;
      StringBuilder printable = new StringBuilder("'");
      for (int i = 0; i < shown.length(); i++) {
        char c = shown.charAt(i);
        if (c < ' ' || c > '~') {
          printable.append("\\u%04x".formatted((int) c));
        } else {
          printable.append(c);
        }
      }
      return printable.append('\'').toString();
    }
  }
}
