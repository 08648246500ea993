package dev.holdfast.coordinator.admin;

import dev.holdfast.coordinator.store.Parameters;
import dev.holdfast.coordinator.store.Parameters.Parameter;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.coordinator.trust.ParameterKeys;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.v1.DeleteParameterRequest;
import dev.holdfast.wire.v1.DeleteParameterResponse;
import dev.holdfast.wire.v1.DescribeParametersRequest;
import dev.holdfast.wire.v1.DescribeParametersResponse;
import dev.holdfast.wire.v1.GetParameterHistoryRequest;
import dev.holdfast.wire.v1.GetParameterHistoryResponse;
import dev.holdfast.wire.v1.GetParameterRequest;
import dev.holdfast.wire.v1.GetParameterResponse;
import dev.holdfast.wire.v1.GetParametersRequest;
import dev.holdfast.wire.v1.GetParametersResponse;
import dev.holdfast.wire.v1.ParameterHistory;
import dev.holdfast.wire.v1.ParameterMetadata;
import dev.holdfast.wire.v1.ParameterServiceGrpc;
import dev.holdfast.wire.v1.PutParameterRequest;
import dev.holdfast.wire.v1.PutParameterResponse;
import io.grpc.stub.StreamObserver;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Stored parameters. */
public final class GrpcParameters extends ParameterServiceGrpc.ParameterServiceImplBase {
  private final Calls calls;
  private final Consequences consequences;
  private final ParameterKeys keys;

  /** Over the store behind the calls. */
  public GrpcParameters(Calls calls, Consequences consequences, ParameterKeys keys) {
    this.calls = calls;
    this.consequences = consequences;
    this.keys = keys;
  }

  @Override
  public void putParameter(
      PutParameterRequest request, StreamObserver<PutParameterResponse> answer) {
    calls.mutateOnce(
        "PutParameter",
        request,
        request.getClientToken(),
        keys::fingerprint,
        PutParameterResponse.parser(),
        answer,
        write -> put(write, request));
  }

  private Calls.Done<PutParameterResponse> put(Write write, PutParameterRequest request) {
    String name = request.getName();
    Optional<Parameter> newest = Parameters.find(write.read(), name, Optional.empty());
    Optional<String> asked = ParameterForm.type(request.getType());
    String type = asked.or(() -> newest.map(Parameter::type)).orElse(ParameterForm.STRING);
    ParameterForm.check(request, type);
    if (newest.isPresent()) {
      replaceable(write, request, newest.get(), type);
    } else if (Parameters.count(write.read()) >= Limits.MAX_STORED_PARAMETERS) {
      throw new Refusal(
          "ParameterLimitExceeded",
          "there are " + Limits.MAX_STORED_PARAMETERS + " parameters; no more are allowed");
    }
    int version = newest.map(Parameter::version).orElse(0) + 1;
    boolean secure = type.equals(ParameterForm.SECURE_STRING);
    Parameters.add(
        write,
        new Parameter(
            name,
            version,
            type,
            secure ? "" : request.getValue(),
            secure ? Optional.of(keys.seal(name, version, request.getValue())) : Optional.empty(),
            request.getDescription(),
            Caller.person().name(),
            write.now()));
    write.append(
        "ParameterPut", List.of(name), Map.of("version", Integer.toString(version), "type", type));
    if (newest.isEmpty() || !newest.get().value().equals(request.getValue())) {
      // Of a SecureString nothing is in a revision: who refers to it gets the new value when it
      // runs next.
      consequences.parameterChanged(write, name, request.getAcknowledgeTargets());
    }
    return new Calls.Done<>(
        PutParameterResponse.newBuilder()
            .setVersion(version)
            .addAllWarnings(ParameterForm.warnings(request, type))
            .build(),
        List.of(name));
  }

  /** Refuses what can't follow the newest version, and makes room for one more. */
  private void replaceable(
      Write write, PutParameterRequest request, Parameter newest, String type) {
    String name = newest.name();
    if (!request.getOverwrite()) {
      throw new Refusal(
          "ParameterAlreadyExists",
          "there is a parameter '" + name + "' already; set overwrite to change it");
    }
    if (!newest.type().equals(type)) {
      throw new Refusal(
          "HierarchyTypeMismatch",
          "the parameter '"
              + name
              + "' is a "
              + newest.type()
              + " and can't become a "
              + type
              + "; give the new one another name");
    }
    List<Parameter> kept =
        Parameters.versions(write.read(), name, 0, Limits.MAX_STORED_VERSIONS + 1);
    if (kept.size() < Limits.MAX_STORED_VERSIONS) {
      return;
    }
    int eldest = kept.getFirst().version();
    List<String> pinned =
        consequences.associationsReferring(write.read(), name, Optional.of(eldest));
    if (!pinned.isEmpty()) {
      throw new Refusal(
          "ParameterMaxVersionLimitExceeded",
          "the parameter '"
              + name
              + "' has "
              + kept.size()
              + " versions, and the eldest, "
              + eldest
              + ", can't go: "
              + String.join(", ", pinned)
              + " refer to it");
    }
    Parameters.deleteVersion(write, name, eldest);
  }

  @Override
  public void getParameter(
      GetParameterRequest request, StreamObserver<GetParameterResponse> answer) {
    calls.query(
        "GetParameter",
        answer,
        read -> {
          Parameter row = required(read, request.getName());
          refuseSecret(request.getWithDecryption(), row);
          return GetParameterResponse.newBuilder()
              .setParameter(ParameterForm.toProto(row, row.value()))
              .build();
        });
  }

  @Override
  public void getParameters(
      GetParametersRequest request, StreamObserver<GetParametersResponse> answer) {
    calls.query(
        "GetParameters",
        answer,
        read -> {
          int count = request.getNamesCount();
          if (count == 0 || count > Limits.MAX_STORED_NAMES) {
            String allowed = count + " names; 1 to " + Limits.MAX_STORED_NAMES + " are allowed";
            throw new Refusal(
                "ValidationError", allowed, List.of(new Refusal.Finding("names", allowed)));
          }
          GetParametersResponse.Builder response = GetParametersResponse.newBuilder();
          for (String name : new LinkedHashSet<>(request.getNamesList())) {
            Optional<Parameter> row = find(read, name);
            if (row.isPresent()) {
              refuseSecret(request.getWithDecryption(), row.get());
              response.addParameters(ParameterForm.toProto(row.get(), row.get().value()));
            } else {
              response.addInvalidParameters(name);
            }
          }
          return response.build();
        });
  }

  @Override
  public void describeParameters(
      DescribeParametersRequest request, StreamObserver<DescribeParametersResponse> answer) {
    calls.query(
        answer,
        read -> {
          Filters filters = Filters.of(request.getFiltersList(), Set.of("Name", "Type", "KeyId"));
          Pages.Page<ParameterMetadata> page =
              Pages.of(
                  request.getPageSize(),
                  request.getPageToken(),
                  (after, atMost) -> Parameters.list(read, after, atMost),
                  Parameter::name,
                  row ->
                      filters.holdAny(key -> values(key, row))
                          ? Optional.of(ParameterForm.metadata(row))
                          : Optional.empty());
          return DescribeParametersResponse.newBuilder()
              .addAllParameters(page.items())
              .setNextPageToken(page.next())
              .build();
        });
  }

  @Override
  public void getParameterHistory(
      GetParameterHistoryRequest request, StreamObserver<GetParameterHistoryResponse> answer) {
    calls.query(
        "GetParameterHistory",
        answer,
        read -> {
          String name = request.getName();
          requireAny(read, name);
          Pages.Page<ParameterHistory> page =
              Pages.of(
                  request.getPageSize(),
                  request.getPageToken(),
                  (after, atMost) -> Parameters.versions(read, name, version(after), atMost),
                  row -> Integer.toString(row.version()),
                  row -> {
                    refuseSecret(request.getWithDecryption(), row);
                    return Optional.of(ParameterForm.history(row, row.value()));
                  });
          return GetParameterHistoryResponse.newBuilder()
              .addAllParameters(page.items())
              .setNextPageToken(page.next())
              .build();
        });
  }

  @Override
  public void deleteParameter(
      DeleteParameterRequest request, StreamObserver<DeleteParameterResponse> answer) {
    calls.mutate(
        "DeleteParameter",
        request,
        answer,
        write -> {
          String name = request.getName();
          requireAny(write.read(), name);
          List<String> referring =
              consequences.associationsReferring(write.read(), name, Optional.empty());
          if (!referring.isEmpty()) {
            throw new Refusal(
                "AssociatedInstances",
                "the parameter '"
                    + name
                    + "' is referred to by "
                    + String.join(", ", referring)
                    + "; change or delete these first");
          }
          Parameters.delete(write, name);
          write.append("ParameterDeleted", List.of(name), Map.of());
          return new Calls.Done<>(DeleteParameterResponse.getDefaultInstance(), List.of(name));
        });
  }

  /** Values of SecureStrings go into the store and to the runs that use them, and nowhere else. */
  private static void refuseSecret(boolean asked, Parameter row) {
    if (asked && row.secret().isPresent()) {
      throw new Refusal(
          "AccessDenied",
          "the value of the SecureString '"
              + row.name()
              + "' is told to nobody: only runs that refer to it get it; ask without"
              + " with_decryption");
    }
  }

  private static int version(String after) {
    try {
      return after.isEmpty() ? 0 : Integer.parseInt(after);
    } catch (NumberFormatException e) {
      throw new Refusal("InvalidNextToken", "the page_token is none that was given out");
    }
  }

  private static List<String> values(String key, Parameter row) {
    return switch (key) {
      case "Name" -> List.of(row.name());
      case "Type" -> List.of(row.type());
      default -> row.secret().map(secret -> List.of(secret.keyId())).orElse(List.of());
    };
  }

  private static Optional<Parameter> find(Read read, String reference) {
    return ParameterForm.parse(reference)
        .flatMap(named -> Parameters.find(read, named.name(), named.version()));
  }

  private static Parameter required(Read read, String reference) {
    return find(read, reference)
        .orElseThrow(
            () ->
                ParameterForm.parse(reference)
                    .filter(named -> named.version().isPresent())
                    .filter(
                        named -> Parameters.find(read, named.name(), Optional.empty()).isPresent())
                    .map(
                        named ->
                            new Refusal(
                                "ParameterVersionNotFound",
                                "the parameter '"
                                    + named.name()
                                    + "' has no version "
                                    + named.version().orElseThrow()
                                    + " any more, or not yet"))
                    .orElseGet(() -> none(reference)));
  }

  private static void requireAny(Read read, String name) {
    if (Parameters.find(read, name, Optional.empty()).isEmpty()) {
      throw none(name);
    }
  }

  private static Refusal none(String name) {
    return new Refusal(
        "ParameterNotFound", "there is no parameter '" + Findings.printable(name) + "'");
  }
}
