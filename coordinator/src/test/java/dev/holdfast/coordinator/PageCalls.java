package dev.holdfast.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The lines of a page of the documentation that begin with {@code call}. */
final class PageCalls {
  private static final Pattern CALL = Pattern.compile("call (\\w+)/(\\w+) '(.*)'");

  /** Ids that stand on pages in place of those that answers give. */
  static final String ACTIVATION = "22222222-2222-2222-2222-222222222222";

  static final String EXECUTION = "33333333-3333-3333-3333-333333333333";

  private final List<Call> calls;

  private PageCalls(List<Call> calls) {
    this.calls = calls;
  }

  /** One line. */
  record Call(String service, String method, String json) {
    String name() {
      return service + "/" + method;
    }
  }

  /** Those of a page in {@code docs}; a line that looks like one and is none fails. */
  static PageCalls of(String page) throws IOException {
    List<Call> calls = new ArrayList<>();
    for (String line :
        Files.readAllLines(Path.of(System.getProperty("holdfast.root"), "docs", page))) {
      Matcher matcher = CALL.matcher(line);
      if (matcher.matches()) {
        calls.add(new Call(matcher.group(1), matcher.group(2), matcher.group(3)));
      } else if (line.startsWith("call ")) {
        throw new AssertionError("a call of the page has another form: " + line);
      }
    }
    return new PageCalls(List.copyOf(calls));
  }

  /** The names of the calls, in the order of the page. */
  List<String> names() {
    return calls.stream().map(Call::name).toList();
  }

  /**
   * Makes all of them, in the order of the page; fails if one is refused.
   *
   * @param replaced what stands on the page, and what to send for it; learns the ids of answers
   */
  void makeAll(Reflected server, Map<String, String> replaced) throws Exception {
    List<String> refused = new ArrayList<>();
    for (Call call : calls) {
      String json = call.json;
      for (var one : replaced.entrySet()) {
        json = json.replace(one.getKey(), one.getValue());
      }
      try {
        learn(server.call(method(server, call), json), replaced);
      } catch (StatusRuntimeException e) {
        refused.add(call.name() + " " + json + ": " + e.getStatus());
      }
    }
    assertEquals(List.of(), refused);
  }

  private static MethodDescriptor method(Reflected server, Call call) {
    ServiceDescriptor service = server.services().get("holdfast.v1." + call.service);
    MethodDescriptor method = service == null ? null : service.findMethodByName(call.method);
    if (method == null) {
      throw new AssertionError("the page has a call that the coordinator hasn't: " + call.name());
    }
    return method;
  }

  private static void learn(Message answer, Map<String, String> ids) {
    for (var field : answer.getAllFields().entrySet()) {
      List<?> values = field.getValue() instanceof List<?> list ? list : List.of(field.getValue());
      for (Object value : values) {
        if (value instanceof DynamicMessage message) {
          learn(message, ids);
        } else if (value instanceof String text) {
          learn(field.getKey(), text, ids);
        }
      }
    }
  }

  private static void learn(FieldDescriptor field, String text, Map<String, String> ids) {
    switch (field.getName()) {
      case "activation_id" -> {
        if (!text.isEmpty()) {
          ids.put(ACTIVATION, text);
        }
      }
      case "execution_ids" -> ids.put(EXECUTION, text);
      default -> {
        // no id that a page has
      }
    }
  }
}
