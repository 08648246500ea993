package dev.holdfast.coordinator.admin;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
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

  /** The form in which it is sent. */
  public StatusRuntimeException status() {
    com.google.rpc.Status.Builder status =
        com.google.rpc.Status.newBuilder()
            .setCode(code(reason).getNumber())
            .setMessage(String.valueOf(getMessage()))
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder().setReason(reason).setDomain("holdfast.dev").build()));
    if (!findings.isEmpty()) {
      BadRequest.Builder bad = BadRequest.newBuilder();
      findings.stream()
          .limit(MAX_FINDINGS)
          .forEach(
              finding ->
                  bad.addFieldViolations(
                      BadRequest.FieldViolation.newBuilder()
                          .setField(finding.field)
                          .setDescription(finding.description)));
      status.addDetails(Any.pack(bad.build()));
    }
    return StatusProto.toStatusRuntimeException(status.build());
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
