package dev.holdfast.coordinator.admin;

import dev.holdfast.coordinator.store.Activations;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.coordinator.trust.Network;
import dev.holdfast.coordinator.trust.Secrets;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.Activation;
import dev.holdfast.wire.v1.ActivationServiceGrpc;
import dev.holdfast.wire.v1.CreateActivationRequest;
import dev.holdfast.wire.v1.CreateActivationResponse;
import dev.holdfast.wire.v1.DeleteActivationRequest;
import dev.holdfast.wire.v1.DeleteActivationResponse;
import dev.holdfast.wire.v1.DescribeActivationsRequest;
import dev.holdfast.wire.v1.DescribeActivationsResponse;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Activations: what lets new instances enrol. */
public final class GrpcActivations extends ActivationServiceGrpc.ActivationServiceImplBase {
  /** Uses of one activation. */
  static final int MAX_REGISTRATIONS = 100_000;

  /** Networks of one activation. */
  static final int MAX_CIDRS = 50;

  /** How long one is good where nothing is asked for. */
  static final Duration DEFAULT_LIFE = Duration.ofHours(24);

  /** How long one can be good. */
  static final Duration MAX_LIFE = Duration.ofDays(30);

  private final Calls calls;
  private final Secrets secrets;
  private final Supplier<Instant> clock;

  /** Over the store behind the calls. */
  public GrpcActivations(Calls calls, Secrets secrets, Supplier<Instant> clock) {
    this.calls = calls;
    this.secrets = secrets;
    this.clock = clock;
  }

  @Override
  public void createActivation(
      CreateActivationRequest request, StreamObserver<CreateActivationResponse> answer) {
    calls.mutateOnce(
        "CreateActivation",
        request,
        request.getClientToken(),
        CreateActivationResponse.parser(),
        new WithCode(answer),
        write -> {
          Instant expires = check(request, write.now());
          if (!write.sight().fits(request.getTagsMap())) {
            throw new Refusal(
                "AccessDenied",
                "whoever enrols by these tags would be out of what the bindings of this token"
                    + " reach");
          }
          String id = calls.newId();
          add(write, request, id, secrets.ofCode(secrets.codeOf(id)), expires);
          return new Calls.Done<>(
              CreateActivationResponse.newBuilder().setActivationId(id).build(), List.of(id));
        });
  }

  @Override
  public void describeActivations(
      DescribeActivationsRequest request, StreamObserver<DescribeActivationsResponse> answer) {
    calls.query(
        answer,
        read -> {
          Filters filters =
              Filters.of(request.getFiltersList(), Set.of("ActivationIds", "DefaultInstanceName"));
          Pages.Page<Activation> page =
              Pages.of(
                  request.getPageSize(),
                  request.getPageToken(),
                  (after, atMost) -> Activations.list(read, after, atMost),
                  Activations.Activation::id,
                  row ->
                      filters.hold(
                              key ->
                                  key.equals("ActivationIds")
                                      ? row.id()
                                      : row.defaultInstanceName())
                          ? Optional.of(toProto(row))
                          : Optional.empty());
          return DescribeActivationsResponse.newBuilder()
              .addAllActivationList(page.items())
              .setNextPageToken(page.next())
              .build();
        });
  }

  @Override
  public void deleteActivation(
      DeleteActivationRequest request, StreamObserver<DeleteActivationResponse> answer) {
    calls.mutate(
        "DeleteActivation",
        request,
        answer,
        write -> {
          Optional<Activations.Activation> row =
              Activations.find(write.read(), request.getActivationId())
                  .filter(one -> write.sight().fits(one.tags()));
          if (row.isEmpty() || !Activations.delete(write, request.getActivationId())) {
            throw unknown(request.getActivationId());
          }
          write.append("ActivationDeleted", List.of(request.getActivationId()), Map.of());
          return new Calls.Done<>(
              DeleteActivationResponse.getDefaultInstance(), List.of(request.getActivationId()));
        });
  }

  static Refusal unknown(String id) {
    return new Refusal(
        "InvalidActivationId", "there is no activation '" + Findings.printable(id) + "'");
  }

  /** Stores what was checked. */
  static void add(
      Write write, CreateActivationRequest request, String id, String codeHmac, Instant expires) {
    Activations.add(
        write,
        new Activations.Activation(
            id,
            codeHmac,
            request.getDescription(),
            request.getDefaultInstanceName(),
            limit(request),
            0,
            expires,
            write.now(),
            request.getTagsMap(),
            request.getRequireApproval(),
            request.getSourceCidrsList()));
    write.append("ActivationCreated", List.of(id), Map.of());
  }

  /** When it expires; all that is wrong with it is refused at once. */
  static Instant check(CreateActivationRequest request, Instant now) {
    Findings findings = new Findings();
    findings.text("description", request.getDescription(), 256);
    findings.text("default_instance_name", request.getDefaultInstanceName(), 256);
    findings.tags("tags", request.getTagsMap());
    if (request.getRegistrationLimit() < 0 || request.getRegistrationLimit() > MAX_REGISTRATIONS) {
      findings.add(
          "registration_limit",
          "is " + request.getRegistrationLimit() + "; allowed are 1 to " + MAX_REGISTRATIONS);
    }
    if (request.getSourceCidrsCount() > MAX_CIDRS) {
      findings.add(
          "source_cidrs",
          request.getSourceCidrsCount() + " networks; at most " + MAX_CIDRS + " are allowed");
    }
    for (int i = 0; i < request.getSourceCidrsCount(); i++) {
      String cidr = request.getSourceCidrs(i);
      if (Network.parse(cidr).isEmpty()) {
        findings.add(
            "source_cidrs[" + i + "]",
            "'"
                + Findings.printable(cidr)
                + "'; allowed is a network such as 10.1.0.0/16 or 2001:db8::/32 with no bit set"
                + " behind the prefix, or one address");
      }
    }
    Instant expires = now.plus(DEFAULT_LIFE);
    if (request.hasExpirationDate()) {
      expires = Times.fromProto(request.getExpirationDate());
      if (!expires.isAfter(now) || expires.isAfter(now.plus(MAX_LIFE))) {
        findings.add("expiration_date", "is " + expires + "; allowed are the next 30 days");
      }
    }
    findings.refuse("InvalidParameters");
    return expires;
  }

  private static int limit(CreateActivationRequest request) {
    return Math.max(1, request.getRegistrationLimit());
  }

  private Activation toProto(Activations.Activation row) {
    return Activation.newBuilder()
        .setActivationId(row.id())
        .setDescription(row.description())
        .setDefaultInstanceName(row.defaultInstanceName())
        .setRegistrationLimit(row.registrationLimit())
        .setRegistrationsCount(row.registrations())
        .setExpirationDate(Times.toProto(row.expires()))
        .setExpired(!row.expires().isAfter(clock.get()))
        .setCreatedDate(Times.toProto(row.created()))
        .putAllTags(row.tags())
        .setRequireApproval(row.requireApproval())
        .addAllSourceCidrs(row.sourceCidrs())
        .build();
  }

  /**
   * Puts the code into the answer on its way out: what is remembered for a repeated request has
   * none.
   */
  private final class WithCode implements StreamObserver<CreateActivationResponse> {
    private final StreamObserver<CreateActivationResponse> answer;

    WithCode(StreamObserver<CreateActivationResponse> answer) {
      this.answer = answer;
    }

    @Override
    public void onNext(CreateActivationResponse response) {
      answer.onNext(
          response.toBuilder()
              .setActivationCode(secrets.codeOf(response.getActivationId()))
              .build());
    }

    @Override
    public void onError(Throwable failure) {
      answer.onError(failure);
    }

    @Override
    public void onCompleted() {
      answer.onCompleted();
    }
  }
}
