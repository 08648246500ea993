package dev.holdfast.coordinator.association;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.coordinator.store.AuditTrail;
import dev.holdfast.coordinator.trust.Role;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.v1.DeleteParameterRequest;
import dev.holdfast.wire.v1.DescribeParametersRequest;
import dev.holdfast.wire.v1.DescribeParametersResponse;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.FilterOperator;
import dev.holdfast.wire.v1.GetParameterHistoryRequest;
import dev.holdfast.wire.v1.GetParameterHistoryResponse;
import dev.holdfast.wire.v1.GetParameterRequest;
import dev.holdfast.wire.v1.GetParametersRequest;
import dev.holdfast.wire.v1.GetParametersResponse;
import dev.holdfast.wire.v1.Parameter;
import dev.holdfast.wire.v1.ParameterMetadata;
import dev.holdfast.wire.v1.ParameterType;
import dev.holdfast.wire.v1.PutParameterRequest;
import dev.holdfast.wire.v1.PutParameterResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The calls of the parameter service, without a network. */
final class StoredParametersTest {
  private static final ParameterType SECURE = ParameterType.PARAMETER_TYPE_SECURE_STRING;
  private static final ParameterType LIST = ParameterType.PARAMETER_TYPE_STRING_LIST;
  private static final String CANARY = "canary-5d1e0c";

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Fleet fleet;

  @BeforeEach
  void open() {
    fleet = new Fleet(folder, 100);
  }

  @AfterEach
  void close() {
    fleet.close();
  }

  private record Row(
      String name, UnaryOperator<PutParameterRequest.Builder> request, String refused) {}

  @TestFactory
  Stream<DynamicTest> whatCanBePut() {
    String good = "";
    return Stream.of(
            new Row("a plain name", b -> b, good),
            new Row("levels", b -> b.setName("/a/b_c/d.e-f"), good),
            new Row("one level with a slash", b -> b.setName("/a"), good),
            new Row("levels, the first without a slash", b -> b.setName("a/b"), "ValidationError"),
            new Row("a slash at the end", b -> b.setName("/a/"), "ValidationError"),
            new Row("nothing between slashes", b -> b.setName("/a//b"), "ValidationError"),
            new Row("no name", b -> b.setName(""), "ValidationError"),
            new Row("a colon", b -> b.setName("a:1"), "ValidationError"),
            new Row("a brace", b -> b.setName("a}}"), "ValidationError"),
            new Row("a long name", b -> b.setName("n".repeat(512)), good),
            new Row("a longer name", b -> b.setName("n".repeat(513)), "ValidationError"),
            new Row("fifteen levels", b -> b.setName("/l".repeat(15)), good),
            new Row(
                "sixteen levels", b -> b.setName("/l".repeat(16)), "HierarchyLevelLimitExceeded"),
            new Row("a name of AWS", b -> b.setName("/AWS/x"), "ValidationError"),
            new Row("a name of SSM", b -> b.setName("ssm-x"), "ValidationError"),
            new Row("no value", b -> b.setValue(""), "ValidationError"),
            new Row("a long value", b -> b.setValue("v".repeat(4_096)), good),
            new Row("a longer value", b -> b.setValue("v".repeat(4_097)), "ValidationError"),
            new Row("lines", b -> b.setValue("a\n\tb\r\n"), good),
            new Row("a control character", b -> b.setValue("a\u0000b"), "ValidationError"),
            new Row("a reference", b -> b.setValue("x {{ssm:y}}"), "ValidationError"),
            new Row(
                "a reference to a secret",
                b -> b.setValue("{{ ssm-secure:y }}"),
                "ValidationError"),
            new Row("other braces", b -> b.setValue("{{.State}} {{ name }}"), good),
            new Row("braces in a secret", b -> b.setType(SECURE).setValue("{{ssm:y}}"), good),
            new Row("a list", b -> b.setType(LIST).setValue("a,b,c"), good),
            new Row("a list with a hole", b -> b.setType(LIST).setValue("a,,c"), "ValidationError"),
            new Row("a type that is none", b -> b.setTypeValue(9), "UnsupportedParameterType"),
            new Row(
                "a long description", b -> b.setDescription("d".repeat(1_025)), "ValidationError"))
        .map(row -> DynamicTest.dynamicTest(row.name, () -> check(row)));
  }

  private void check(Row row) {
    PutParameterRequest request =
        row.request
            .apply(
                PutParameterRequest.newBuilder()
                    .setName("name")
                    .setValue("value")
                    .setOverwrite(true))
            .build();
    if (row.refused.isEmpty()) {
      fleet.call(fleet.parameters::putParameter, request);
    } else {
      Fleet.Refused refused = fleet.refused(fleet.parameters::putParameter, request);
      assertEquals(row.refused, refused.reason());
      assertFalse(
          request.getValue().length() > 3 && refused.toString().contains(request.getValue()),
          "a value is told in no message");
    }
    fleet.store.write(
        write -> {
          dev.holdfast.coordinator.store.Parameters.delete(write, request.getName());
          return true;
        });
  }

  @Test
  void versionsCountUpAndEachCanBeReadAsLongAsItIsKept() {
    for (int version = 1; version <= Limits.MAX_STORED_VERSIONS + 2; version++) {
      assertEquals(version, put("motd", "value " + version).getVersion());
    }

    assertEquals("value 102", get("motd").getValue());
    assertEquals("value 3", get("motd:3").getValue());
    assertEquals("ParameterVersionNotFound", refusedGet("motd:2").reason());
    assertEquals("NOT_FOUND", refusedGet("motd:2").code());
    assertEquals("ParameterNotFound", refusedGet("motd:x").reason());
    assertEquals("ParameterNotFound", refusedGet("other").reason());
    GetParameterHistoryResponse first = history("motd", "", 60, false);
    GetParameterHistoryResponse second = history("motd", first.getNextPageToken(), 60, false);
    assertEquals(3, first.getParameters(0).getVersion());
    assertEquals("ann", first.getParameters(0).getLastModifiedUser());
    assertEquals(102, second.getParametersList().getLast().getVersion());
    assertEquals("", second.getNextPageToken());
    assertEquals(
        Limits.MAX_STORED_VERSIONS, first.getParametersCount() + second.getParametersCount());
  }

  @Test
  void whatIsThereIsReplacedOnlyIfOneSaysSoAndKeepsItsType() {
    put("ports", "80,443", LIST);

    assertEquals(
        "ParameterAlreadyExists",
        fleet
            .refused(
                fleet.parameters::putParameter,
                PutParameterRequest.newBuilder().setName("ports").setValue("1").build())
            .reason());
    assertEquals(
        "HierarchyTypeMismatch",
        fleet.refused(fleet.parameters::putParameter, request("ports", "1", SECURE)).reason());
    assertEquals(2, put("ports", "22").getVersion());
    assertEquals(LIST, get("ports").getType());
  }

  @Test
  void aListOfNamesAnswersWithWhatIsThereAndWhatIsNot() {
    put("a", "1");
    put("b", "2");

    GetParametersResponse response =
        fleet.call(
            fleet.parameters::getParameters,
            GetParametersRequest.newBuilder()
                .addAllNames(List.of("b", "none", "a:1", "b"))
                .build());

    assertEquals(
        List.of("2", "1"), response.getParametersList().stream().map(Parameter::getValue).toList());
    assertEquals(List.of("none"), response.getInvalidParametersList());
    for (int count : new int[] {0, 11}) {
      List<String> names = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        names.add("n" + i);
      }
      assertEquals(
          "ValidationError",
          fleet
              .refused(
                  fleet.parameters::getParameters,
                  GetParametersRequest.newBuilder().addAllNames(names).build())
              .reason());
    }
  }

  @Test
  void theyAreListedByNameWithoutTheirValues() {
    put("/web/a", "1");
    put("/web/b", CANARY, SECURE);
    put("/db/c", "1,2", LIST);

    assertEquals(List.of("/db/c", "/web/a", "/web/b"), names(describe(b -> b)));
    assertEquals(
        List.of("/web/a", "/web/b"),
        names(
            describe(
                b ->
                    b.addFilters(
                        filter("Name", "/web/", FilterOperator.FILTER_OPERATOR_BEGIN_WITH)))));
    assertEquals(
        List.of("/web/b"),
        names(
            describe(
                b ->
                    b.addFilters(
                        filter("Type", "SecureString", FilterOperator.FILTER_OPERATOR_EQUAL)))));
    DescribeParametersResponse page = describe(b -> b.setPageSize(2));
    assertEquals(List.of("/db/c", "/web/a"), names(page));
    assertEquals(List.of("/web/b"), names(describe(b -> b.setPageToken(page.getNextPageToken()))));
    ParameterMetadata secure = describe(b -> b).getParameters(2);
    assertEquals(16, secure.getKeyIdBytes().size());
    assertFalse(describe(b -> b).toString().contains(CANARY));
    assertEquals(
        "InvalidFilterKey",
        fleet
            .refused(
                fleet.parameters::describeParameters,
                DescribeParametersRequest.newBuilder()
                    .addFilters(filter("Value", "x", FilterOperator.FILTER_OPERATOR_EQUAL))
                    .build())
            .reason());
  }

  @Test
  void theValueOfASecretIsToldToNobodyAndEachWishForItIsAudited() {
    put("password", CANARY, SECURE);
    put("plain", "x");
    GetParameterRequest asked =
        GetParameterRequest.newBuilder().setName("password").setWithDecryption(true).build();

    assertEquals("", get("password").getValue());
    assertEquals("", history("password", "", 0, false).getParameters(0).getValue());
    assertEquals(0, audited("GetParameter").size());
    for (Role role : Role.values()) {
      Fleet.Refused refused = fleet.refused(role, fleet.parameters::getParameter, asked);
      assertEquals("PERMISSION_DENIED AccessDenied", refused.code() + " " + refused.reason());
    }
    Fleet.Refused many =
        fleet.refused(
            fleet.parameters::getParameters,
            GetParametersRequest.newBuilder()
                .addNames("plain")
                .addNames("password")
                .setWithDecryption(true)
                .build());
    assertEquals("AccessDenied", many.reason());
    Fleet.Refused history =
        fleet.refused(
            fleet.parameters::getParameterHistory,
            GetParameterHistoryRequest.newBuilder()
                .setName("password")
                .setWithDecryption(true)
                .build());
    assertEquals("AccessDenied", history.reason());
    GetParameterRequest plain = asked.toBuilder().setName("plain").build();
    assertEquals(
        "x",
        fleet.call(Role.VIEWER, fleet.parameters::getParameter, plain).getParameter().getValue());

    List<AuditTrail.Entry> rows = audited("GetParameter");
    assertEquals(Role.values().length, rows.size(), "not that of the plain one");
    assertTrue(rows.stream().allMatch(row -> row.decision().equals("DENIED")));
    assertEquals(1, audited("GetParameterHistory").size());
    assertEquals(1, audited("GetParameters").size());
    assertFalse(rows.toString().contains(CANARY));
  }

  @Test
  void aRequestThatIsRepeatedIsAnsweredAgainAndKeptByAKeyedFingerprint() throws Exception {
    PutParameterRequest request =
        request("password", CANARY, SECURE).toBuilder().setClientToken("once").build();
    PutParameterResponse first = fleet.call(fleet.parameters::putParameter, request);

    assertEquals(first, fleet.call(fleet.parameters::putParameter, request));
    assertEquals(
        "IdempotentParameterMismatch",
        fleet
            .refused(
                fleet.parameters::putParameter, request.toBuilder().setValue(CANARY + "x").build())
            .reason());
    nothingInTheFolderHas(CANARY);
    byte[] hash = java.security.MessageDigest.getInstance("SHA-256").digest(request.toByteArray());
    nothingInTheFolderHas(HexFormat.of().formatHex(hash));
    byte[] ofValue =
        java.security.MessageDigest.getInstance("SHA-256")
            .digest(CANARY.getBytes(StandardCharsets.UTF_8));
    nothingInTheFolderHas(HexFormat.of().formatHex(ofValue));
  }

  @Test
  void aSecretThatIsTooShortToBeMaskedIsAWarning() {
    assertEquals("SecretTooShortToMask", put("pin", "123", SECURE).getWarnings(0).getCode());
    assertEquals(0, put("pin", "1234", SECURE).getWarningsCount());
    assertEquals(0, put("text", "123").getWarningsCount());
  }

  @Test
  void whatIsGoneIsGoneWithAllItsVersions() {
    put("a", "1");
    put("a", "2");
    fleet.call(
        fleet.parameters::deleteParameter,
        DeleteParameterRequest.newBuilder().setName("a").build());

    assertEquals("ParameterNotFound", refusedGet("a").reason());
    assertEquals("ParameterNotFound", refusedGet("a:1").reason());
    assertEquals(
        "ParameterNotFound",
        fleet
            .refused(
                fleet.parameters::deleteParameter,
                DeleteParameterRequest.newBuilder().setName("a").build())
            .reason());
    assertNotEquals(0, audited("DeleteParameter").size());
  }

  private void nothingInTheFolderHas(String text) throws IOException {
    fleet.store.read(read -> true);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertFalse(
            Files.readString(file, StandardCharsets.ISO_8859_1).contains(text),
            () -> file + " has it");
      }
    }
  }

  private List<AuditTrail.Entry> audited(String method) {
    return fleet.store.read(
        read ->
            AuditTrail.find(
                read,
                new AuditTrail.Search(
                    Optional.empty(),
                    Optional.of(method),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()),
                Long.MAX_VALUE,
                100));
  }

  private PutParameterResponse put(String name, String value) {
    return put(name, value, ParameterType.PARAMETER_TYPE_UNSPECIFIED);
  }

  private PutParameterResponse put(String name, String value, ParameterType type) {
    return fleet.call(fleet.parameters::putParameter, request(name, value, type));
  }

  private static PutParameterRequest request(String name, String value, ParameterType type) {
    return PutParameterRequest.newBuilder()
        .setName(name)
        .setValue(value)
        .setType(type)
        .setOverwrite(true)
        .build();
  }

  private Parameter get(String name) {
    return fleet
        .call(
            fleet.parameters::getParameter, GetParameterRequest.newBuilder().setName(name).build())
        .getParameter();
  }

  private Fleet.Refused refusedGet(String name) {
    return fleet.refused(
        fleet.parameters::getParameter, GetParameterRequest.newBuilder().setName(name).build());
  }

  private GetParameterHistoryResponse history(
      String name, String token, int size, boolean decrypted) {
    return fleet.call(
        fleet.parameters::getParameterHistory,
        GetParameterHistoryRequest.newBuilder()
            .setName(name)
            .setPageToken(token)
            .setPageSize(size)
            .setWithDecryption(decrypted)
            .build());
  }

  private DescribeParametersResponse describe(
      UnaryOperator<DescribeParametersRequest.Builder> request) {
    return fleet.call(
        fleet.parameters::describeParameters,
        request.apply(DescribeParametersRequest.newBuilder()).build());
  }

  private static List<String> names(DescribeParametersResponse response) {
    return response.getParametersList().stream().map(ParameterMetadata::getName).toList();
  }

  private static Filter filter(String key, String value, FilterOperator operator) {
    return Filter.newBuilder().setKey(key).addValues(value).setOperator(operator).build();
  }
}
