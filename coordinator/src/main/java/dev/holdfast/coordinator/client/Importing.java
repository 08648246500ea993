package dev.holdfast.coordinator.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationServiceGrpc;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.CreateAssociationResponse;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.CreateDocumentResponse;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import dev.holdfast.wire.v1.Warning;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Creates what files of AWS ask for, documents first, and says what came of each. */
final class Importing {
  /**
   * What says that one resource can't be; all else is about the coordinator, and ends the import.
   */
  private static final Set<Status.Code> REFUSALS =
      EnumSet.of(
          Status.Code.INVALID_ARGUMENT,
          Status.Code.NOT_FOUND,
          Status.Code.ALREADY_EXISTS,
          Status.Code.FAILED_PRECONDITION,
          Status.Code.RESOURCE_EXHAUSTED,
          Status.Code.PERMISSION_DENIED);

  private final Channel channel;
  private final PrintWriter out;
  private final boolean dryRun;
  private final int acknowledged;
  private final Map<String, String> rehearsed = new HashMap<>();
  private boolean refused;

  /** A file, and what it says. */
  record Read(String name, AwsFile file) {}

  /**
   * Makes one.
   *
   * @param dryRun have all checked, and store nothing
   * @param acknowledged on how many instances one association may run at once
   */
  Importing(Channel channel, PrintWriter out, boolean dryRun, int acknowledged) {
    this.channel = channel;
    this.out = out;
    this.dryRun = dryRun;
    this.acknowledged = acknowledged;
  }

  /** Imports all; 1 if anything was refused, else 0. */
  int all(List<Read> reads) {
    List<Read> associations = new ArrayList<>();
    for (Read read : reads) {
      read.file.dropped().forEach(line -> say(read, "dropped " + line));
      read.file.refused().forEach(line -> refuse(read, line));
      if (read.file.asked().isEmpty()) {
        continue;
      }
      switch (read.file.asked().get()) {
        case AwsFile.Asked.ADocument(var request) -> document(read, request);
        case AwsFile.Asked.AnAssociation _ -> associations.add(read);
      }
    }
    for (Read read : associations) {
      if (read.file.asked().orElseThrow() instanceof AwsFile.Asked.AnAssociation(var association)) {
        association(read, association);
      }
    }
    out.flush();
    return refused ? 1 : 0;
  }

  private void document(Read read, CreateDocumentRequest request) {
    try {
      CreateDocumentResponse answer =
          DocumentServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(Connection.CALL_SECONDS, TimeUnit.SECONDS)
              .createDocument(request.toBuilder().setDryRun(dryRun).build());
      warn(read, answer.getWarningsList());
      if (dryRun) {
        rehearsed.put(request.getName(), read.name);
      }
      say(read, created() + " the document " + request.getName());
    } catch (StatusRuntimeException e) {
      refuse(read, e);
    }
  }

  private void association(Read read, Association association) {
    String what =
        association.getAssociationName().isEmpty()
            ? " an association of " + association.getName()
            : " the association " + association.getAssociationName();
    String document = rehearsed.get(association.getName());
    if (document != null) {
      say(
          read,
          "would create"
              + what
              + ", not checked: it needs the document "
              + association.getName()
              + " of "
              + document);
      return;
    }
    try {
      CreateAssociationResponse answer =
          AssociationServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(Connection.CALL_SECONDS, TimeUnit.SECONDS)
              .createAssociation(
                  CreateAssociationRequest.newBuilder()
                      .setAssociation(association)
                      .setAcknowledgeTargets(acknowledged)
                      .setDryRun(dryRun)
                      .build());
      warn(read, answer.getWarningsList());
      say(
          read,
          created()
              + what
              + (dryRun ? "" : ", " + answer.getAssociationDescription().getAssociationId()));
    } catch (StatusRuntimeException e) {
      refuse(read, e);
    }
  }

  private String created() {
    return dryRun ? "would create" : "created";
  }

  private void warn(Read read, List<Warning> warnings) {
    warnings.forEach(
        warning -> say(read, "warning " + field(warning.getField()) + warning.getMessage()));
  }

  private void refuse(Read read, StatusRuntimeException failure) {
    if (!REFUSALS.contains(failure.getStatus().getCode())) {
      throw failure;
    }
    List<BadRequest.FieldViolation> findings = findings(failure);
    if (findings.isEmpty()) {
      refuse(read, String.valueOf(failure.getStatus().getDescription()));
    }
    findings.forEach(finding -> refuse(read, field(finding.getField()) + finding.getDescription()));
  }

  private static List<BadRequest.FieldViolation> findings(StatusRuntimeException failure) {
    com.google.rpc.Status status = StatusProto.fromThrowable(failure);
    if (status == null) {
      return List.of();
    }
    try {
      for (Any detail : status.getDetailsList()) {
        if (detail.is(BadRequest.class)) {
          return detail.unpack(BadRequest.class).getFieldViolationsList();
        }
      }
    } catch (InvalidProtocolBufferException e) {
      return List.of(); // the message says it too
    }
    return List.of();
  }

  private static String field(String path) {
    return path.isEmpty() ? "" : path.replaceFirst("^association\\.", "") + ": ";
  }

  private void refuse(Read read, String why) {
    refused = true;
    say(read, "refused " + why);
  }

  private void say(Read read, String line) {
    out.println(read.name + ": " + line.replaceAll("\\p{C}", "?"));
  }
}
