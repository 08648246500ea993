package dev.holdfast.coordinator.admin;

import dev.holdfast.coordinator.store.Parameters;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.GetParameterRequest;
import dev.holdfast.wire.v1.GetParameterResponse;
import dev.holdfast.wire.v1.Parameter;
import dev.holdfast.wire.v1.ParameterServiceGrpc;
import dev.holdfast.wire.v1.ParameterType;
import dev.holdfast.wire.v1.PutParameterRequest;
import dev.holdfast.wire.v1.PutParameterResponse;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Stored parameters. */
public final class GrpcParameters extends ParameterServiceGrpc.ParameterServiceImplBase {
  /** Characters of a value. */
  static final int MAX_VALUE = 4_096;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9/_.-]{1,512}");

  private final Calls calls;
  private final Consequences consequences;

  /** Over the store behind the calls. */
  public GrpcParameters(Calls calls, Consequences consequences) {
    this.calls = calls;
    this.consequences = consequences;
  }

  @Override
  public void putParameter(
      PutParameterRequest request, StreamObserver<PutParameterResponse> answer) {
    calls.mutateOnce(
        "PutParameter",
        request,
        request.getClientToken(),
        PutParameterResponse.parser(),
        answer,
        write -> {
          Findings findings = new Findings();
          if (!NAME.matcher(request.getName()).matches()) {
            findings.add(
                "name",
                "allowed are 1 to 512 letters, digits, slashes, dots, underscores and dashes");
          }
          if (request.getValue().isEmpty() || request.getValue().length() > MAX_VALUE) {
            findings.add(
                "value",
                "has "
                    + request.getValue().length()
                    + " characters; 1 to "
                    + MAX_VALUE
                    + " are allowed");
          }
          if (request.getType() == ParameterType.UNRECOGNIZED) {
            findings.add("type", "is not known; allowed is PARAMETER_TYPE_STRING");
          }
          findings.refuse("ValidationError");
          Optional<Parameters.Parameter> newest =
              Parameters.find(write.read(), request.getName(), Optional.empty());
          if (newest.isPresent() && !request.getOverwrite()) {
            throw new Refusal(
                "ParameterAlreadyExists",
                "there is a parameter '"
                    + request.getName()
                    + "' already; set overwrite to change it");
          }
          int version = Parameters.add(write, request.getName(), "String", request.getValue());
          write.append(
              "ParameterPut",
              List.of(request.getName()),
              Map.of("version", Integer.toString(version)));
          if (newest.isEmpty() || !newest.get().value().equals(request.getValue())) {
            consequences.parameterChanged(
                write, request.getName(), request.getAcknowledgeTargets());
          }
          return new Calls.Done<>(
              PutParameterResponse.newBuilder().setVersion(version).build(),
              List.of(request.getName()));
        });
  }

  @Override
  public void getParameter(
      GetParameterRequest request, StreamObserver<GetParameterResponse> answer) {
    calls.query(
        answer,
        read -> {
          Parameters.Parameter found =
              find(request.getName())
                  .flatMap(named -> Parameters.find(read, named.name(), named.version()))
                  .orElseThrow(
                      () ->
                          new Refusal(
                              "ParameterNotFound",
                              "there is no parameter '"
                                  + Findings.printable(request.getName())
                                  + "'"));
          return GetParameterResponse.newBuilder()
              .setParameter(
                  Parameter.newBuilder()
                      .setName(found.name())
                      .setType(ParameterType.PARAMETER_TYPE_STRING)
                      .setValue(found.value())
                      .setVersion(found.version())
                      .setLastModifiedDate(Times.toProto(found.modified())))
              .build();
        });
  }

  /** A parameter, and perhaps a version of it. */
  public record Named(String name, Optional<Integer> version) {}

  /** What {@code NAME} or {@code NAME:VERSION} means. */
  public static Optional<Named> find(String reference) {
    int colon = reference.indexOf(':');
    if (colon < 0) {
      return Optional.of(new Named(reference, Optional.empty()));
    }
    String version = reference.substring(colon + 1);
    return version.matches("\\d{1,9}")
        ? Optional.of(
            new Named(reference.substring(0, colon), Optional.of(Integer.parseInt(version))))
        : Optional.empty();
  }
}
