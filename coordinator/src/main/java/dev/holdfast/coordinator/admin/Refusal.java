package dev.holdfast.coordinator.admin;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import dev.holdfast.task.PeopleLimits;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.Map;

/**
 * A request that can't be carried out, in the one form that callers see: a code, SSM's name of the
 * error, and for each field what was found and what is allowed.
 */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Findings in one answer; more are counted. */
  static final int MAX_FINDINGS = 100;

  /** Bytes that stand around each finding. */
  private static final int AROUND = 4;

  private static final Map<String, Code> CODES =
      Map.ofEntries(
          Map.entry("InvalidDocument", Code.NOT_FOUND),
          Map.entry("InvalidInstanceId", Code.NOT_FOUND),
          Map.entry("ParameterNotFound", Code.NOT_FOUND),
          Map.entry("ParameterVersionNotFound", Code.NOT_FOUND),
          Map.entry("AccessDenied", Code.PERMISSION_DENIED),
          Map.entry("InvalidAssociationVersion", Code.FAILED_PRECONDITION),
          Map.entry("AssociatedInstances", Code.FAILED_PRECONDITION),
          Map.entry("BlastRadius", Code.FAILED_PRECONDITION),
          Map.entry("InvalidInstanceState", Code.FAILED_PRECONDITION),
          Map.entry("CalendarClosed", Code.FAILED_PRECONDITION),
          Map.entry("TooManyUpdates", Code.ABORTED),
          Map.entry("WatcherTooSlow", Code.ABORTED),
          Map.entry("InternalServerError", Code.UNAVAILABLE),
          Map.entry("EventsTruncated", Code.OUT_OF_RANGE));

  private final String reason;
  private final transient List<Finding> findings;

  /** What is wrong with one field, named by its proto path; empty: with the whole request. */
  public record Finding(String field, String description) {}

  /** One error with what is wrong. */
  public Refusal(String reason, String message, List<Finding> findings) {
    super(message);
    this.reason = reason;
    this.findings = List.copyOf(findings);
  }

  /** One error that concerns no field in particular. */
  public Refusal(String reason, String message) {
    this(reason, message, List.of());
  }

  /** SSM's name of the error, without "Exception". */
  public String reason() {
    return reason;
  }

  /** What is wrong with each field. */
  public List<Finding> findings() {
    return findings;
  }

  /**
   * The form in which it is sent: in the metadata that end a call, of which clients take no more
   * than 8 KiB. What has no room is cut or counted, or nobody would hear any of it.
   */
  public StatusRuntimeException status() {
    com.google.rpc.Status.Builder status =
        com.google.rpc.Status.newBuilder()
            .setCode(code(reason).getNumber())
            .setMessage(cut(String.valueOf(getMessage())))
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder().setReason(reason).setDomain("holdfast.dev").build()));
    if (!findings.isEmpty()) {
      int room = PeopleLimits.MAX_REFUSAL_BYTES - status.build().getSerializedSize();
      status.addDetails(Any.pack(told(room)));
    }
    return StatusProto.toStatusRuntimeException(status.build());
  }

  /** The first findings, for which there is room; then one that counts the others. */
  private BadRequest told(int room) {
    BadRequest.Builder told = BadRequest.newBuilder();
    int left = room;
    for (Finding finding : findings) {
      BadRequest.FieldViolation one =
          BadRequest.FieldViolation.newBuilder()
              .setField(cut(finding.field))
              .setDescription(cut(finding.description))
              .build();
      left -= one.getSerializedSize() + AROUND;
      if (left < 0 || told.getFieldViolationsCount() == MAX_FINDINGS) {
        break;
      }
      told.addFieldViolations(one);
    }
    int more = findings.size() - told.getFieldViolationsCount();
    if (more > 0) {
      told.addFieldViolations(
          BadRequest.FieldViolation.newBuilder().setDescription("and " + more + " more"));
    }
    return told.build();
  }

  /** A text, or its beginning: gRPC writes what is not printable ASCII as three signs a byte. */
  private static String cut(String text) {
    int bytes = 0;
    for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
      int c = text.codePointAt(at);
      boolean plain = c >= ' ' && c <= '~' && c != '%';
      bytes += plain ? 1 : 3 * (c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4);
      if (bytes > PeopleLimits.MAX_REFUSAL_TEXT_BYTES) {
        return text.substring(0, at) + "...";
      }
    }
    return text;
  }

  private static Code code(String reason) {
    Code known = CODES.get(reason);
    if (known != null) {
      return known;
    }
    if (reason.endsWith("DoesNotExist")) {
      return Code.NOT_FOUND;
    }
    if (reason.endsWith("AlreadyExists") || reason.startsWith("Duplicate")) {
      return Code.ALREADY_EXISTS;
    }
    if (reason.endsWith("LimitExceeded")) {
      return Code.RESOURCE_EXHAUSTED;
    }
    return Code.INVALID_ARGUMENT;
  }
}
