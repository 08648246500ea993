package dev.holdfast.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.command.Table;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.wire.v1.ActivationServiceGrpc;
import dev.holdfast.wire.v1.AuditServiceGrpc;
import dev.holdfast.wire.v1.CreateActivationRequest;
import dev.holdfast.wire.v1.CreateTokenRequest;
import dev.holdfast.wire.v1.DescribeActivationsRequest;
import dev.holdfast.wire.v1.DescribeInstanceInformationRequest;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.FilterOperator;
import dev.holdfast.wire.v1.InstanceServiceGrpc;
import dev.holdfast.wire.v1.ListDocumentsRequest;
import dev.holdfast.wire.v1.LookupAttribute;
import dev.holdfast.wire.v1.LookupEventsRequest;
import dev.holdfast.wire.v1.TokenServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Strings that somebody chose to do harm, wherever a string can be given. */
final class HostileStringsTest {
  private static final Set<Status.Code> FINE =
      Set.of(Status.Code.OK, Status.Code.INVALID_ARGUMENT, Status.Code.NOT_FOUND);

  /** 150 of them. */
  private static List<String> corpus() {
    List<String> seeds =
        List.of(
            "'",
            "''",
            "\"",
            "`",
            ";",
            "--",
            "/*",
            "*/",
            "\\",
            "\\'",
            "%",
            "_",
            "%%",
            "a%",
            "_a",
            "' OR '1'='1",
            "'; DROP TABLE instance; --",
            "1; ATTACH DATABASE 'x' AS y",
            "' UNION SELECT sha256 FROM token --",
            ":id",
            "?1",
            "@p",
            "$1",
            "<values>",
            "{{ x }}",
            "\u0000",
            "\u001b[31m",
            "\u001b]52;c;eA==\u0007",
            "\r\nERROR forged",
            "\n",
            "\t",
            "\u202eabc",
            "\u200b",
            "\ufeff",
            "\u2028",
            "../x",
            "..\\x",
            "/etc/passwd",
            "~",
            "-rf");
    List<String> all = new ArrayList<>(seeds);
    for (String seed : seeds) {
      all.add("web" + seed);
      all.add(seed + "web");
      all.add(seed + seed + seed);
    }
    return all.subList(0, 150);
  }

  @Test
  void theyAreKeptAsTheyAreOrRefusedAndFindNothingElse(@TempDir Path folder) throws Exception {
    Path data = folder.resolve("data");
    Running.start(data).close();
    try (Store store = Store.open(data, Instant::now, Store.Durability.PROCESS)) {
      store.write(
          write -> {
            InstanceId id = new InstanceId("mi-0000000000000aaa1");
            Instances.add(write, id, "web", "", "", "", new byte[0], "", "web-1");
            Instances.setTags(write, id, Map.of("Role", "web"));
            return true;
          });
    }
    try (Running running = Running.start(data)) {
      ManagedChannel channel = running.admin(running.adminToken());
      List<String> wrong = new ArrayList<>();
      for (String text : corpus()) {
        filter(channel, "Name", text, wrong);
        filter(channel, "tag:Role", text, wrong);
        filter(channel, "tag:" + text, "web", wrong);
        filter(channel, text, "web", wrong);
        kept(channel, text, wrong);
        cursor(channel, text, wrong);
        fine(
            text,
            wrong,
            () ->
                TokenServiceGrpc.newBlockingStub(channel)
                    .createToken(
                        CreateTokenRequest.newBuilder().setName(text).setRole("viewer").build()));
        fine(
            text,
            wrong,
            () ->
                assertEquals(
                    0,
                    AuditServiceGrpc.newBlockingStub(channel)
                        .lookupEvents(
                            LookupEventsRequest.newBuilder()
                                .addLookupAttributes(
                                    LookupAttribute.newBuilder()
                                        .setAttributeKey("EventName")
                                        .setAttributeValue(text))
                                .build())
                        .getEventsCount()));
      }
      assertEquals(List.of(), wrong);
      assertEquals(
          1,
          InstanceServiceGrpc.newBlockingStub(channel)
              .describeInstanceInformation(DescribeInstanceInformationRequest.getDefaultInstance())
              .getInstanceInformationListCount());
    }
  }

  @Test
  void aTableShowsNothingThatATerminalActsOn() {
    for (String text : corpus()) {
      String shown = String.join("\n", Table.lines(List.of(List.of(text, "x"))));
      assertTrue(
          shown.codePoints().noneMatch(point -> Character.isISOControl(point)),
          "a control character is shown of " + Table.printable(text));
      assertTrue(shown.indexOf('\u202e') < 0 && shown.indexOf('\u200b') < 0, shown);
    }
  }

  private static void filter(ManagedChannel channel, String key, String value, List<String> wrong) {
    for (FilterOperator operator :
        List.of(FilterOperator.FILTER_OPERATOR_EQUAL, FilterOperator.FILTER_OPERATOR_BEGIN_WITH)) {
      Filter filter =
          Filter.newBuilder().setKey(key).addValues(value).setOperator(operator).build();
      fine(
          key + " " + value,
          wrong,
          () -> {
            int found =
                InstanceServiceGrpc.newBlockingStub(channel)
                    .describeInstanceInformation(
                        DescribeInstanceInformationRequest.newBuilder().addFilters(filter).build())
                    .getInstanceInformationListCount();
            if (found > 0) {
              wrong.add(operator + " " + Table.printable(key + " " + value) + " finds " + found);
            }
          });
      fine(
          key + " " + value,
          wrong,
          () ->
              DocumentServiceGrpc.newBlockingStub(channel)
                  .listDocuments(ListDocumentsRequest.newBuilder().addFilters(filter).build()));
    }
  }

  private static void kept(ManagedChannel channel, String text, List<String> wrong) {
    fine(
        text,
        wrong,
        () -> {
          var activations = ActivationServiceGrpc.newBlockingStub(channel);
          String id =
              activations
                  .createActivation(
                      CreateActivationRequest.newBuilder().setDescription(text).build())
                  .getActivationId();
          String kept =
              activations
                  .describeActivations(
                      DescribeActivationsRequest.newBuilder()
                          .addFilters(Filter.newBuilder().setKey("ActivationIds").addValues(id))
                          .build())
                  .getActivationList(0)
                  .getDescription();
          if (!kept.equals(text)) {
            wrong.add(Table.printable(text) + " became " + Table.printable(kept));
          }
        });
  }

  private static void cursor(ManagedChannel channel, String text, List<String> wrong) {
    try {
      InstanceServiceGrpc.newBlockingStub(channel)
          .describeInstanceInformation(
              DescribeInstanceInformationRequest.newBuilder().setPageToken(text).build());
      wrong.add("a page begins after " + Table.printable(text));
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.INVALID_ARGUMENT) {
        wrong.add("page_token " + Table.printable(text) + ": " + e.getStatus());
      }
    }
  }

  private static void fine(String text, List<String> wrong, Runnable call) {
    try {
      call.run();
    } catch (StatusRuntimeException e) {
      if (!FINE.contains(e.getStatus().getCode())) {
        wrong.add(Table.printable(text) + ": " + e.getStatus());
      }
    }
  }
}
