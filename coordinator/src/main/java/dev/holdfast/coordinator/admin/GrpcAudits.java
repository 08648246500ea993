package dev.holdfast.coordinator.admin;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import dev.holdfast.coordinator.store.AuditTrail;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.AuditEvent;
import dev.holdfast.wire.v1.AuditServiceGrpc;
import dev.holdfast.wire.v1.LookupAttribute;
import dev.holdfast.wire.v1.LookupEventsRequest;
import dev.holdfast.wire.v1.LookupEventsResponse;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The audit trail. */
public final class GrpcAudits extends AuditServiceGrpc.AuditServiceImplBase {
  private static final Set<String> KEYS =
      Set.of("EventId", "EventName", "Username", "ResourceName");

  private final Calls calls;

  /** Over the store behind the calls. */
  public GrpcAudits(Calls calls) {
    this.calls = calls;
  }

  @Override
  public void lookupEvents(
      LookupEventsRequest request, StreamObserver<LookupEventsResponse> answer) {
    calls.query(
        answer,
        read -> {
          AuditTrail.Search search = search(request);
          Pages.Page<AuditEvent> page =
              Pages.of(
                  request.getPageSize(),
                  request.getPageToken(),
                  (after, atMost) ->
                      AuditTrail.find(
                          read,
                          search,
                          after.isEmpty() ? Long.MAX_VALUE : Long.parseLong(after),
                          atMost),
                  row -> Long.toString(row.sequence()),
                  row -> Optional.of(toProto(row)));
          return LookupEventsResponse.newBuilder()
              .addAllEvents(page.items())
              .setNextPageToken(page.next())
              .build();
        });
  }

  private static AuditTrail.Search search(LookupEventsRequest request) {
    Map<String, String> attributes = new HashMap<>();
    Findings findings = new Findings();
    for (int i = 0; i < request.getLookupAttributesCount(); i++) {
      LookupAttribute attribute = request.getLookupAttributes(i);
      if (!KEYS.contains(attribute.getAttributeKey())) {
        findings.add(
            "lookup_attributes[" + i + "].attribute_key",
            "'"
                + Findings.printable(attribute.getAttributeKey())
                + "'; allowed are "
                + String.join(", ", KEYS.stream().sorted().toList()));
      }
      attributes.put(attribute.getAttributeKey(), attribute.getAttributeValue());
    }
    findings.refuse("InvalidLookupAttributes");
    return new AuditTrail.Search(
        Optional.ofNullable(attributes.get("EventId")),
        Optional.ofNullable(attributes.get("EventName")),
        Optional.ofNullable(attributes.get("Username")),
        Optional.ofNullable(attributes.get("ResourceName")),
        request.hasStartTime()
            ? Optional.of(Times.fromProto(request.getStartTime()))
            : Optional.empty(),
        request.hasEndTime()
            ? Optional.of(Times.fromProto(request.getEndTime()))
            : Optional.empty());
  }

  private static AuditEvent toProto(AuditTrail.Entry row) {
    AuditEvent.Builder event =
        AuditEvent.newBuilder()
            .setEventId(row.id())
            .setEventTime(Times.toProto(row.time()))
            .setEventName(row.method())
            .setUsername(row.principal())
            .addAllResources(row.resources())
            .setSourceAddress(row.address())
            .setDecision(row.decision())
            .setReason(row.reason());
    Struct.Builder request = Struct.newBuilder();
    try {
      JsonFormat.parser().merge(row.request(), request);
      event.setRequest(request);
    } catch (InvalidProtocolBufferException e) {
      event.clearRequest();
    }
    return event.build();
  }
}
