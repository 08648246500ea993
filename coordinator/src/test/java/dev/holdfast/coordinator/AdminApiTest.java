package dev.holdfast.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.InstanceState;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.RateControl;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.report.RunStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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
  private static final String INSTANCE = "mi-0123456789abcdef0";
  private static final String PAST = "55555555-5555-5555-5555-555555555555";
  private static final Instant THEN = Instant.parse("2026-11-24T12:00:00Z");
  private static final String RUN = "44444444-4444-4444-4444-444444444444";

  @SuppressWarnings("NullAway.Init") // set before the tests
  private Running running;

  @SuppressWarnings("NullAway.Init") // set before the tests
  private Reflected server;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    Path data = folder.resolve("data");
    Running.start(data).close();
    try (Store store = Store.open(data, Instant::now, Store.Durability.PROCESS)) {
      store.write(
          write -> {
            Instances.add(
                write, new InstanceId(INSTANCE), "web", "", "", "", new byte[0], "", "web-1");
            Instances.add(
                write,
                new InstanceId("mi-0123456789abcdef1"),
                InstanceState.PENDING,
                "till",
                "",
                "key",
                "",
                new byte[0],
                "",
                "till-1");
            Executions.add(write, execution());
            Runs.put(write, run(), 1);
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
    PageCalls.of("admin-api.md").makeAll(server, new LinkedHashMap<>());
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
    Set<String> onThePage = new TreeSet<>(PageCalls.of("admin-api.md").names());

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
        Optional.empty(),
        false,
        Optional.empty(),
        RateControl.NONE);
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
        THEN,
        "");
  }

  private List<ServiceDescriptor> admin() {
    return server.services().values().stream()
        .filter(service -> service.getFullName().startsWith("holdfast."))
        .toList();
  }
}
