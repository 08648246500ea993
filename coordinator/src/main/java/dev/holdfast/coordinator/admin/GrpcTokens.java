package dev.holdfast.coordinator.admin;

import com.google.protobuf.Struct;
import dev.holdfast.config.Key;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.RoleBindings;
import dev.holdfast.coordinator.store.TagScope;
import dev.holdfast.coordinator.store.Tokens;
import dev.holdfast.coordinator.trust.Actor;
import dev.holdfast.coordinator.trust.BindingBook;
import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.coordinator.trust.Capability;
import dev.holdfast.coordinator.trust.Role;
import dev.holdfast.coordinator.trust.TokenBook;
import dev.holdfast.coordinator.trust.TokenRefused;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.CreateTokenRequest;
import dev.holdfast.wire.v1.CreateTokenResponse;
import dev.holdfast.wire.v1.DeleteRoleBindingRequest;
import dev.holdfast.wire.v1.DeleteRoleBindingResponse;
import dev.holdfast.wire.v1.ListRoleBindingsRequest;
import dev.holdfast.wire.v1.ListRoleBindingsResponse;
import dev.holdfast.wire.v1.ListTokensRequest;
import dev.holdfast.wire.v1.ListTokensResponse;
import dev.holdfast.wire.v1.PutRoleBindingRequest;
import dev.holdfast.wire.v1.PutRoleBindingResponse;
import dev.holdfast.wire.v1.RevokeTokenRequest;
import dev.holdfast.wire.v1.RevokeTokenResponse;
import dev.holdfast.wire.v1.RoleBinding;
import dev.holdfast.wire.v1.TokenInformation;
import dev.holdfast.wire.v1.TokenServiceGrpc;
import dev.holdfast.wire.v1.WhoAmIRequest;
import dev.holdfast.wire.v1.WhoAmIResponse;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Tokens, and what their bearers may do. */
public final class GrpcTokens extends TokenServiceGrpc.TokenServiceImplBase {
  private final Calls calls;
  private final TokenBook tokens;
  private final BindingBook bindings;

  /** Over the store behind the calls. */
  public GrpcTokens(Calls calls, TokenBook tokens) {
    this.calls = calls;
    this.tokens = tokens;
    this.bindings = new BindingBook(calls::newId, tokens::good);
  }

  @Override
  public void createToken(CreateTokenRequest request, StreamObserver<CreateTokenResponse> answer) {
    calls.mutate(
        "CreateToken",
        request,
        answer,
        write -> {
          Findings findings = new Findings();
          Optional<Role> role = role(request.getRole(), findings);
          Optional<Duration> life = life(request.getTtl(), findings);
          Optional<TagScope> scope = scope(request.hasTagScope(), request.getTagScope(), findings);
          findings.refuse("InvalidParameters");
          TokenBook.Asked asked =
              new TokenBook.Asked(request.getName(), role.orElseThrow(), scope, life);
          TokenBook.Made made = may(() -> tokens.create(write, Actor.calling(), asked));
          return new Calls.Done<>(
              CreateTokenResponse.newBuilder()
                  .setToken(made.secret())
                  .setTokenInformation(toProto(made.token()))
                  .build(),
              List.of(request.getName()));
        });
  }

  @Override
  public void listTokens(ListTokensRequest request, StreamObserver<ListTokensResponse> answer) {
    calls.query(
        answer,
        read -> {
          Actor actor = Actor.calling();
          Pages.Page<TokenInformation> page =
              Pages.of(
                  request.getPageSize(),
                  request.getPageToken(),
                  (after, atMost) -> Tokens.list(read, after, atMost),
                  Tokens.Token::name,
                  row ->
                      tokens.mayTouch(read, actor, row)
                          ? Optional.of(toProto(row))
                          : Optional.empty());
          return ListTokensResponse.newBuilder()
              .addAllTokens(page.items())
              .setNextPageToken(page.next())
              .build();
        });
  }

  @Override
  public void revokeToken(RevokeTokenRequest request, StreamObserver<RevokeTokenResponse> answer) {
    calls.mutate(
        "RevokeToken",
        request,
        answer,
        write ->
            may(
                () -> {
                  tokens.revoke(write, Actor.calling(), request.getName());
                  return new Calls.Done<>(
                      RevokeTokenResponse.getDefaultInstance(), List.of(request.getName()));
                }));
  }

  @Override
  public void whoAmI(WhoAmIRequest request, StreamObserver<WhoAmIResponse> answer) {
    calls.query(
        answer,
        read -> {
          Caller.Person person = Caller.person();
          WhoAmIResponse.Builder response =
              WhoAmIResponse.newBuilder().setName(person.name()).setRole(person.role().text());
          person.expires().ifPresent(expires -> response.setExpires(Times.toProto(expires)));
          RoleBindings.of(read, person.name())
              .forEach(row -> response.addRoleBindings(toProto(row)));
          Arrays.stream(Capability.values())
              .filter(capability -> person.sight(capability).isPresent())
              .forEach(capability -> response.addCapabilities(capability.text()));
          return response.build();
        });
  }

  @Override
  public void putRoleBinding(
      PutRoleBindingRequest request, StreamObserver<PutRoleBindingResponse> answer) {
    calls.mutate(
        "PutRoleBinding",
        request,
        answer,
        write -> {
          Findings findings = new Findings();
          Optional<Role> role = role(request.getRole(), findings);
          Optional<TagScope> scope = scope(request.hasTagScope(), request.getTagScope(), findings);
          findings.refuse("InvalidParameters");
          RoleBindings.Binding binding =
              may(
                  () ->
                      bindings.put(
                          write,
                          Actor.calling(),
                          request.getPrincipal(),
                          role.orElseThrow(),
                          scope));
          return new Calls.Done<>(
              PutRoleBindingResponse.newBuilder().setRoleBinding(toProto(binding)).build(),
              List.of(binding.principal(), binding.id()));
        });
  }

  @Override
  public void listRoleBindings(
      ListRoleBindingsRequest request, StreamObserver<ListRoleBindingsResponse> answer) {
    calls.query(
        answer,
        read -> {
          Actor actor = Actor.calling();
          Pages.Page<RoleBinding> page =
              Pages.of(
                  request.getPageSize(),
                  request.getPageToken(),
                  (after, atMost) -> RoleBindings.list(read, after, atMost),
                  RoleBindings.Binding::id,
                  row ->
                      (request.getPrincipal().isEmpty()
                                  || request.getPrincipal().equals(row.principal()))
                              && bindings.mayTouch(actor, row)
                          ? Optional.of(toProto(row))
                          : Optional.empty());
          return ListRoleBindingsResponse.newBuilder()
              .addAllRoleBindings(page.items())
              .setNextPageToken(page.next())
              .build();
        });
  }

  @Override
  public void deleteRoleBinding(
      DeleteRoleBindingRequest request, StreamObserver<DeleteRoleBindingResponse> answer) {
    calls.mutate(
        "DeleteRoleBinding",
        request,
        answer,
        write -> {
          RoleBindings.Binding binding = named(write.read(), request);
          return may(
              () -> {
                bindings.delete(write, Actor.calling(), binding);
                return new Calls.Done<>(
                    DeleteRoleBindingResponse.getDefaultInstance(),
                    List.of(binding.principal(), binding.id()));
              });
        });
  }

  private static RoleBindings.Binding named(Read read, DeleteRoleBindingRequest request) {
    Findings findings = new Findings();
    Optional<TagScope> scope = scope(request.hasTagScope(), request.getTagScope(), findings);
    findings.refuse("InvalidParameters");
    return (request.getBindingId().isEmpty()
            ? RoleBindings.of(read, request.getPrincipal()).stream()
                .filter(row -> row.role().equals(request.getRole()) && row.scope().equals(scope))
                .findFirst()
            : RoleBindings.find(read, request.getBindingId()))
        .orElseThrow(
            () ->
                new Refusal(
                    "RoleBindingDoesNotExist",
                    "there is no such binding; ListRoleBindings tells those that are there",
                    List.of(new Refusal.Finding("binding_id", "is no binding"))));
  }

  private static Optional<Role> role(String text, Findings findings) {
    Optional<Role> role = Role.parse(text);
    if (role.isEmpty()) {
      findings.add(
          "role",
          "'"
              + Findings.printable(text)
              + "'; allowed are "
              + Arrays.stream(Role.values()).map(Role::text).collect(Collectors.joining(", ")));
    }
    return role;
  }

  private static Optional<Duration> life(String text, Findings findings) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Key.parseDuration(text));
    } catch (IllegalArgumentException e) {
      findings.add("ttl", String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private static Optional<TagScope> scope(boolean set, Struct written, Findings findings) {
    return set ? Optional.of(ScopeForm.read(written, "tag_scope", findings)) : Optional.empty();
  }

  private static <T> T may(Supplier<T> work) {
    try {
      return work.get();
    } catch (TokenRefused refused) {
      throw new Refusal(
          switch (refused.why()) {
            case INVALID -> "InvalidParameters";
            case EXISTS -> "TokenAlreadyExists";
            case MISSING -> "TokenDoesNotExist";
            case LIMIT -> "TokenLimitExceeded";
            case DENIED -> "AccessDenied";
          },
          String.valueOf(refused.getMessage()));
    }
  }

  private TokenInformation toProto(Tokens.Token row) {
    TokenInformation.Builder shown =
        TokenInformation.newBuilder()
            .setName(row.name())
            .setRole(row.role())
            .setCreated(Times.toProto(row.created()))
            .setGood(tokens.good(row));
    row.expires().ifPresent(expires -> shown.setExpires(Times.toProto(expires)));
    row.revoked().ifPresent(revoked -> shown.setRevoked(Times.toProto(revoked)));
    return shown.build();
  }

  private static RoleBinding toProto(RoleBindings.Binding row) {
    RoleBinding.Builder shown =
        RoleBinding.newBuilder()
            .setBindingId(row.id())
            .setPrincipal(row.principal())
            .setRole(row.role())
            .setCreated(Times.toProto(row.created()))
            .setAuthor(row.author());
    row.scope().ifPresent(scope -> shown.setTagScope(ScopeForm.toProto(scope)));
    return shown.build();
  }
}
