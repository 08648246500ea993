package dev.holdfast.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.report.RunStatus;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody who knows the address, the CA and a token, and has docs/admin-api.md: they find the
 * services by reflection and make each call of the page, in its order, over TLS.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AdminApiTest {
  private static final Path PAGE =
      Path.of(System.getProperty("holdfast.root"), "docs", "admin-api.md");

  private static final Pattern CALL = Pattern.compile("call (\\w+)/(\\w+) '(.*)'");

  private static final String INSTANCE = "mi-0123456789abcdef0";
  private static final String ACTIVATION = "22222222-2222-2222-2222-222222222222";
  private static final String EXECUTION = "33333333-3333-3333-3333-333333333333";
  private static final String PAST = "55555555-5555-5555-5555-555555555555";
  private static final Instant THEN = Instant.parse("2026-11-24T12:00:00Z");
  private static final String RUN = "44444444-4444-4444-4444-444444444444";

  @SuppressWarnings("NullAway.Init") // set before the tests
  private Running running;

  @SuppressWarnings("NullAway.Init") // set before the tests
  private Reflected server;

  private record Call(String service, String method, String json) {
    String name() {
      return service + "/" + method;
    }
  }

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    Path data = folder.resolve("data");
    Running.start(data).close();
    try (Store store = Store.open(data, Instant::now, Store.Durability.PROCESS)) {
      store.write(
          write -> {
            Instances.add(
                write, new InstanceId(INSTANCE), "web", "", "", "", new byte[0], "", "web-1");
            Executions.add(write, execution());
            Runs.put(write, run());
            return true;
          });
    }
    running = Running.start(data);
    server = new Reflected(running.admin(running.adminToken()));
  }

  @AfterAll
  void stop() {
    running.close();
  }

  @Test
  void everyCallOfThePageIsAnsweredInItsOrder() throws Exception {
    Map<String, String> ids = new LinkedHashMap<>();
    List<String> refused = new ArrayList<>();
    for (Call call : calls()) {
      String json = call.json;
      for (var id : ids.entrySet()) {
        json = json.replace(id.getKey(), id.getValue());
      }
      try {
        learn(server.call(method(call), json), ids);
      } catch (StatusRuntimeException e) {
        refused.add(call.name() + " " + json + ": " + e.getStatus());
      }
    }

    assertEquals(List.of(), refused);
  }

  @Test
  void everyMethodOfEveryAdminServiceIsOnThePage() throws IOException {
    Set<String> there = new TreeSet<>();
    admin()
        .forEach(
            service ->
                service
                    .getMethods()
                    .forEach(method -> there.add(service.getName() + "/" + method.getName())));
    Set<String> onThePage =
        calls().stream().map(Call::name).collect(Collectors.toCollection(TreeSet::new));

    assertEquals(there, onThePage);
    assertTrue(there.contains("TokenService/WhoAmI"), there.toString());
  }

  @Test
  void theServicesThatToolsExpectAreThereToo() {
    assertTrue(
        server
            .services()
            .keySet()
            .containsAll(
                Set.of(
                    "grpc.health.v1.Health",
                    "grpc.reflection.v1.ServerReflection",
                    "grpc.channelz.v1.Channelz")),
        server.services().keySet().toString());
  }

  /** An execution of the past. */
  private static Executions.Execution execution() {
    return new Executions.Execution(
        PAST,
        new AssociationId(PAST),
        1,
        new Trigger.Tick(THEN),
        "",
        THEN,
        1,
        "0".repeat(64),
        Set.of(),
        THEN,
        1,
        THEN,
        Optional.of(THEN),
        false,
        Optional.empty());
  }

  /** A run of it, as an agent reported it. */
  private static Runs.Run run() {
    return new Runs.Run(
        RUN,
        PAST,
        new AssociationId(PAST),
        new InstanceId(INSTANCE),
        new Trigger.Tick(THEN).text(),
        1,
        1,
        1,
        RunStatus.SUCCESS,
        "Success",
        1,
        1,
        "0".repeat(64),
        Optional.of(THEN),
        Optional.of(THEN),
        Optional.of(THEN),
        false,
        0,
        ByteString.EMPTY,
        THEN);
  }

  private List<ServiceDescriptor> admin() {
    return server.services().values().stream()
        .filter(service -> service.getFullName().startsWith("holdfast."))
        .toList();
  }

  private MethodDescriptor method(Call call) {
    ServiceDescriptor service = server.services().get("holdfast.v1." + call.service);
    MethodDescriptor method = service == null ? null : service.findMethodByName(call.method);
    if (method == null) {
      throw new AssertionError("the page has a call that the coordinator hasn't: " + call.name());
    }
    return method;
  }

  private static List<Call> calls() throws IOException {
    List<Call> calls = new ArrayList<>();
    for (String line : Files.readAllLines(PAGE)) {
      Matcher matcher = CALL.matcher(line);
      if (matcher.matches()) {
        calls.add(new Call(matcher.group(1), matcher.group(2), matcher.group(3)));
      } else if (line.startsWith("call ")) {
        throw new AssertionError("a call of the page has another form: " + line);
      }
    }
    return calls;
  }

  /** Notes the ids of an answer in place of those that stand on the page. */
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
        // no id that the page has
      }
    }
  }
}
