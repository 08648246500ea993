package dev.holdfast.coordinator.compliance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.coordinator.admin.Answer;
import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.store.Compliance;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.coordinator.trust.Role;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.ComplianceExecutionSummary;
import dev.holdfast.wire.v1.ComplianceItemEntry;
import dev.holdfast.wire.v1.ComplianceSeverity;
import dev.holdfast.wire.v1.ComplianceStatus;
import dev.holdfast.wire.v1.ComplianceUploadType;
import dev.holdfast.wire.v1.PutComplianceItemsRequest;
import dev.holdfast.wire.v1.PutComplianceItemsResponse;
import dev.holdfast.wire.v1.SyncCompliance;
import io.grpc.Context;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PutComplianceItemsTest {
  private static final String INSTANCE = Estate.instance(1).value();
  private static final String MANUAL = Estate.association(1).value();
  private static final String AUTOMATIC = Estate.association(2).value();

  @TempDir Path folder;
  private Estate estate;
  private GrpcCompliance service;

  @BeforeEach
  void open() {
    estate = new Estate(folder);
    AtomicLong ids = new AtomicLong();
    service = new GrpcCompliance(new Calls(estate.store, () -> new UUID(0, ids.incrementAndGet())));
    estate.addInstance(1);
    estate.addAssociation(
        1,
        Association.newBuilder()
            .setName("Document")
            .setSyncCompliance(SyncCompliance.SYNC_COMPLIANCE_MANUAL)
            .build());
    estate.addAssociation(2, "");
    estate.enter(Estate.association(1), Estate.instance(1));
    estate.enter(Estate.association(2), Estate.instance(1));
  }

  @AfterEach
  void close() {
    estate.close();
  }

  @Test
  void allItemsOfATypeTakeThePlaceOfThoseBefore() {
    long before = estate.store.position();
    assertTrue(put(custom(0, item("a", true), item("b", false))).getChanged());
    assertEquals(List.of("a COMPLIANT 0", "b NON_COMPLIANT 0"), items("Custom:Backup"));

    estate.timers.advance(Duration.ofSeconds(60));
    assertTrue(put(custom(60, item("a", true), item("c", false))).getChanged());
    assertEquals(
        List.of("a COMPLIANT 0", "c NON_COMPLIANT 60"), items("Custom:Backup"), "with their since");
    assertEquals(
        List.of("ComplianceChanged"), estate.eventTypes(before), "where it stands is the same");

    assertTrue(put(custom(61)).getChanged());
    assertEquals(List.of(), items("Custom:Backup"));
    assertEquals(2, estate.eventTypes(before).size(), "that it stands nowhere is told");
  }

  @Test
  void whatIsOlderOrTheSameChangesNothingAndSaysSo() {
    put(custom(10, item("a", true)).toBuilder().setItemContentHash("h").build());

    PutComplianceItemsResponse same = put(custom(11).toBuilder().setItemContentHash("h").build());
    assertEquals("ContentUnchanged", same.getWarnings(0).getCode());
    PutComplianceItemsResponse stale = put(custom(10, item("b", true)));
    assertEquals("StaleExecutionTime", stale.getWarnings(0).getCode(), "the same was put later");
    assertEquals(List.of("a COMPLIANT 0"), items("Custom:Backup"));
    assertTrue(!same.getChanged() && !stale.getChanged());
    assertTrue(
        refusal(custom(12).toBuilder().setItemContentHash("i").build())
            .startsWith("InvalidItemContent: item_content_hash"));
  }

  @Test
  void theItemsOfAnAssociationWhoseRunsDoNotDecideArePutAlone() {
    long before = estate.store.position();
    put(partial(0, item(MANUAL, false), item(MANUAL + "/users", true)));
    assertEquals(
        List.of(MANUAL + " NON_COMPLIANT 0", MANUAL + "/users COMPLIANT 0"), items("Association"));
    put(partial(1, item(MANUAL, true)));
    assertEquals(List.of(MANUAL + " COMPLIANT 0"), items("Association"));
    assertEquals(List.of("ComplianceChanged", "ComplianceChanged"), estate.eventTypes(before));

    estate.leave(Estate.association(1), Estate.instance(1));
    assertEquals(List.of(), items("Association"));
    assertTrue(
        refusal(partial(2, item(MANUAL, true)))
            .contains("the association does not apply to the instance"));
  }

  @Test
  void whoMayNotSayWhatIsToldWhy() {
    assertTrue(refusal(partial(0, item(AUTOMATIC, true))).contains("MANUAL"));
    assertTrue(
        refusal(partial(0, item(MANUAL, true), item(AUTOMATIC, true))).contains("2 associations"));
    assertTrue(refusal(partial(0)).contains("0 associations"));
    assertTrue(
        refusal(partial(0, item("99999999-9999-4999-8999-999999999999", true)))
            .startsWith("AssociationDoesNotExist"));
    assertTrue(
        refusal(custom(0, item(MANUAL, true)).toBuilder().setComplianceType("Association").build())
            .contains("COMPLETE would take the place"));
    assertTrue(
        refusal(
                custom(0, item("a", true)).toBuilder()
                    .setUploadType(ComplianceUploadType.COMPLIANCE_UPLOAD_TYPE_PARTIAL)
                    .build())
            .contains("PARTIAL is for the compliance_type Association"));
    for (String type : List.of("Patch", "State", "Custom:", "other")) {
      assertTrue(
          refusal(custom(0).toBuilder().setComplianceType(type).build())
              .startsWith("InvalidItemContent: compliance_type"),
          type);
    }
  }

  @Test
  void aResourceIsAnInstanceThatThereIs() {
    PutComplianceItemsRequest right = custom(0, item("a", true));
    for (String id : List.of("", "i-1", Estate.instance(9).value())) {
      assertTrue(
          refusal(right.toBuilder().setResourceId(id).build()).startsWith("InvalidResourceId"), id);
    }
    assertTrue(
        refusal(right.toBuilder().setResourceType("Server").build())
            .startsWith("InvalidResourceType"));
    assertTrue(put(right.toBuilder().setResourceType("ManagedInstance").build()).getChanged());

    estate.store.write(write -> Instances.deregister(write, Estate.instance(1)));
    assertEquals(List.of(), items("Custom:Backup"));
    assertTrue(refusal(right).startsWith("InvalidResourceId"));
  }

  @Test
  void everyMistakeIsToldAtOnceUnderTheFirstOfTheirErrors() {
    ComplianceItemEntry large =
        item("b", true).toBuilder().putDetails("d", "x".repeat(1_024)).build();
    String both =
        refusal(
            custom(0, item("", true), large, ComplianceItemEntry.newBuilder().setId("c").build())
                .toBuilder()
                .clearExecutionSummary()
                .build());
    assertEquals(
        "InvalidItemContent: execution_summary.execution_time: is missing (and 3 more)", both);
    assertTrue(refusal(custom(0, large)).startsWith("ItemSizeLimitExceeded: items[0]"));
    PutComplianceItemsRequest.Builder many = custom(0).toBuilder();
    for (int i = 0; i <= Limits.MAX_COMPLIANCE_ITEMS; i++) {
      many.addItems(item("i" + i, true));
    }
    assertTrue(refusal(many.build()).startsWith("TotalSizeLimitExceeded: items: 1001"));
    assertTrue(
        refusal(custom((int) Limits.COMPLIANCE_AHEAD.toSeconds() + 1, item("a", true)))
            .contains("ahead"));
    assertTrue(
        refusal(custom(0).toBuilder().setItemContentHash("h".repeat(257)).build())
            .contains("item_content_hash: has 257 characters"));
    assertEquals(List.of(), estate.rows("SELECT * FROM compliance_item"));
  }

  @Test
  void anInstanceHasTenTypesOfItsOwnAndRoomAgainWhenOneIsCleared() {
    for (int i = 0; i < Limits.MAX_CUSTOM_COMPLIANCE_TYPES; i++) {
      put(custom(0, item("a", true)).toBuilder().setComplianceType("Custom:Type" + i).build());
    }
    assertTrue(refusal(custom(0, item("a", true))).startsWith("ComplianceTypeCountLimitExceeded"));
    assertTrue(
        put(custom(1, item("b", true)).toBuilder().setComplianceType("Custom:Type3").build())
            .getChanged(),
        "one that is there");
    put(custom(1).toBuilder().setComplianceType("Custom:Type0").build());
    assertTrue(put(custom(0, item("a", true))).getChanged());
  }

  @Test
  void ofTypesThatWereClearedOnlyTheNewestAreRemembered() {
    for (int i = 0; i < 2 * Limits.MAX_EMPTY_COMPLIANCE_TYPES; i++) {
      put(custom(i).toBuilder().setComplianceType("Custom:Type" + i).build());
    }
    assertEquals(
        List.of(Integer.toString(Limits.MAX_EMPTY_COMPLIANCE_TYPES)),
        estate.rows("SELECT COUNT(*) FROM compliance_put"));
  }

  @Test
  void thePutIsInTheAuditTrailAndARepeatWithItsTokenIsAnsweredFromMemory() {
    PutComplianceItemsRequest request =
        custom(5, item("a", true)).toBuilder().setClientToken("once").build();
    put(request);
    put(custom(6, item("b", true)));

    assertTrue(put(request).getChanged(), "the first answer");
    assertEquals(List.of("b COMPLIANT 0"), items("Custom:Backup"));
    assertEquals(
        List.of(
            "PutComplianceItems|[\"" + INSTANCE + "\"]",
            "PutComplianceItems|[\"" + INSTANCE + "\"]"),
        estate.rows("SELECT method, resources FROM audit"));
  }

  private List<String> items(String type) {
    return estate.store.read(read -> Compliance.of(read, Estate.instance(1), type)).stream()
        .map(
            item ->
                item.id()
                    + " "
                    + item.status()
                    + " "
                    + (item.since().getEpochSecond() - Estate.START.getEpochSecond()))
        .toList();
  }

  private PutComplianceItemsResponse put(PutComplianceItemsRequest request) {
    return as(() -> Answer.of(service::putComplianceItems, request));
  }

  private String refusal(PutComplianceItemsRequest request) {
    return as(() -> Answer.refusal(service::putComplianceItems, request));
  }

  private static <T> T as(Callable<T> call) {
    try {
      return Context.current()
          .withValue(Caller.KEY, new Caller.Person("ann", Role.ADMIN, Optional.empty()))
          .call(call);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static PutComplianceItemsRequest custom(int seconds, ComplianceItemEntry... items) {
    return PutComplianceItemsRequest.newBuilder()
        .setResourceId(INSTANCE)
        .setComplianceType("Custom:Backup")
        .setExecutionSummary(
            ComplianceExecutionSummary.newBuilder()
                .setExecutionTime(Times.toProto(Estate.START.plusSeconds(seconds))))
        .addAllItems(List.of(items))
        .build();
  }

  private static PutComplianceItemsRequest partial(int seconds, ComplianceItemEntry... items) {
    return custom(seconds, items).toBuilder()
        .setComplianceType("Association")
        .setUploadType(ComplianceUploadType.COMPLIANCE_UPLOAD_TYPE_PARTIAL)
        .build();
  }

  private static ComplianceItemEntry item(String id, boolean compliant) {
    return ComplianceItemEntry.newBuilder()
        .setId(id)
        .setSeverity(ComplianceSeverity.COMPLIANCE_SEVERITY_HIGH)
        .setStatus(
            compliant
                ? ComplianceStatus.COMPLIANCE_STATUS_COMPLIANT
                : ComplianceStatus.COMPLIANCE_STATUS_NON_COMPLIANT)
        .build();
  }
}
