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
      Set.of(
          "EventId",
          "EventName",
          "EventSource",
          "ReadOnly",
          "ResourceName",
          "ResourceType",
          "Username");

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
      String before = attributes.put(attribute.getAttributeKey(), attribute.getAttributeValue());
      if (before != null) {
        findings.add(
            "lookup_attributes[" + i + "].attribute_key",
            "'" + attribute.getAttributeKey() + "' is there twice, and all attributes must hold");
      }
      if (attribute.getAttributeKey().equals("ReadOnly")
          && !attribute.getAttributeValue().matches("true|false")) {
        findings.add("lookup_attributes[" + i + "].attribute_value", "is neither true nor false");
      }
    }
    findings.refuse("InvalidLookupAttributes");
    return new AuditTrail.Search(
        Optional.ofNullable(attributes.get("EventId")),
        Optional.ofNullable(attributes.get("EventName")),
        methods(attributes),
        Optional.ofNullable(attributes.get("Username")),
        Optional.ofNullable(attributes.get("ResourceName")),
        request.hasStartTime()
            ? Optional.of(Times.fromProto(request.getStartTime()))
            : Optional.empty(),
        request.hasEndTime()
            ? Optional.of(Times.fromProto(request.getEndTime()))
            : Optional.empty());
  }

  /** Those by what is known of methods; empty: nothing of that kind is asked for. */
  private static Optional<Set<String>> methods(Map<String, String> attributes) {
    String source = attributes.get("EventSource");
    String readOnly = attributes.get("ReadOnly");
    String type = attributes.get("ResourceType");
    if (source == null && readOnly == null && type == null) {
      return Optional.empty();
    }
    return Optional.of(
        AuditedMethod.names(
            method ->
                (source == null || source.equals(method.source()))
                    && (readOnly == null || readOnly.equals(Boolean.toString(method.readOnly())))
                    && (type == null || method.types().contains(type))));
  }

  private static AuditEvent toProto(AuditTrail.Entry row) {
    AuditedMethod method = AuditedMethod.named(row.method());
    AuditEvent.Builder event =
        AuditEvent.newBuilder()
            .setEventId(row.id())
            .setEventTime(Times.toProto(row.time()))
            .setEventName(row.method())
            .setUsername(row.principal())
            .addAllResources(row.resources())
            .setSourceAddress(row.address())
            .setDecision(row.decision())
            .setReason(row.reason())
            .setCount(row.count())
            .setEventSource(method.source())
            .setReadOnly(method.readOnly())
            .addAllResourceTypes(method.types());
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
