package dev.holdfast.coordinator.server;

import dev.holdfast.coordinator.admin.LocalActivations;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.store.Check;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.coordinator.store.Tokens;
import dev.holdfast.coordinator.trust.Actor;
import dev.holdfast.coordinator.trust.Authority;
import dev.holdfast.coordinator.trust.AuthorityChange;
import dev.holdfast.coordinator.trust.Role;
import dev.holdfast.coordinator.trust.TokenBook;
import dev.holdfast.coordinator.trust.TokenRefused;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/** Does what is asked for on the coordinator's own machine: whoever is its root may. */
public final class LocalDesk {
  private final Store store;
  private final TokenBook tokens;
  private final BackupDesk backups;
  private final AuthorityChange authority;
  private final LocalActivations activations;
  private final ReentrantLock keys = new ReentrantLock();

  /** Over a store, its tokens, and what is beside it in the data folder. */
  public LocalDesk(
      Store store,
      TokenBook tokens,
      BackupDesk backups,
      AuthorityChange authority,
      LocalActivations activations) {
    this.store = store;
    this.tokens = tokens;
    this.backups = backups;
    this.authority = authority;
    this.activations = activations;
  }

  /**
   * Does it, or says why not.
   *
   * @param uid of the account that asks
   */
  public LocalRequest.Answer perform(LocalRequest request, int uid) {
    Actor actor = Actor.local(uid);
    try {
      return switch (request.action()) {
        case LocalRequest.CREATE_TOKEN -> create(request, actor);
        case LocalRequest.LIST_TOKENS ->
            LocalRequest.Answer.done(tokens.list().stream().map(this::row).toList());
        case LocalRequest.REVOKE_TOKEN -> {
          tokens.revoke(actor, argument(request, "name"));
          yield LocalRequest.Answer.done(List.of());
        }
        case LocalRequest.CREATE_ACTIVATION ->
            LocalRequest.Answer.done(List.of(activations.create(actor, request.arguments())));
        case LocalRequest.LIST_ACTIVATIONS -> LocalRequest.Answer.done(activations.list());
        case LocalRequest.DELETE_ACTIVATION -> {
          activations.delete(actor, argument(request, "id"));
          yield LocalRequest.Answer.done(List.of());
        }
        case LocalRequest.CHECK ->
            LocalRequest.Answer.done(Check.ALL.stream().map(this::checked).toList());
        case LocalRequest.BACKUP ->
            alone(() -> LocalRequest.Answer.done(List.of(backups.stage(actor))));
        case LocalRequest.ROTATE_AUTHORITY -> alone(() -> lines(authority.rotate(actor)));
        case LocalRequest.RETIRE_AUTHORITY -> {
          String acknowledged = argument(request, "acknowledged");
          if (!acknowledged.matches("\\d{1,9}")) {
            yield LocalRequest.Answer.refused("what is acknowledged is no number");
          }
          yield alone(() -> lines(authority.retire(actor, Integer.parseInt(acknowledged))));
        }
        default ->
            LocalRequest.Answer.refused(
                "the coordinator that runs does not know how to do this: use the program of its"
                    + " version");
      };
    } catch (TokenRefused | Refusal | Authority.ChangeRefused | StoreException refused) {
      return LocalRequest.Answer.refused(String.valueOf(refused.getMessage()));
    }
  }

  /** Something that may be refused. */
  @FunctionalInterface
  private interface Deed {
    LocalRequest.Answer done() throws Authority.ChangeRefused;
  }

  /** One at a time of those to which the authority's keys are to stay what they are. */
  private LocalRequest.Answer alone(Deed deed) throws Authority.ChangeRefused {
    keys.lock();
    try {
      return deed.done();
    } finally {
      keys.unlock();
    }
  }

  private static LocalRequest.Answer lines(List<String> lines) {
    return LocalRequest.Answer.done(lines.stream().map(List::of).toList());
  }

  private List<String> checked(Check check) {
    Check.Outcome outcome = check.make(store);
    return List.of(check.name(), outcome.ok() ? "ok" : "failed", outcome.detail());
  }

  private LocalRequest.Answer create(LocalRequest request, Actor actor) {
    Optional<Role> role = Role.parse(argument(request, "role"));
    if (role.isEmpty()) {
      return LocalRequest.Answer.refused(
          "there is no such role: allowed are "
              + Arrays.stream(Role.values()).map(Role::text).collect(Collectors.joining(", ")));
    }
    String seconds = argument(request, "seconds");
    if (!seconds.matches("\\d{1,12}")) {
      return LocalRequest.Answer.refused("the time that the token is to live is no number");
    }
    String token =
        tokens.create(
            actor,
            new TokenBook.Asked(
                argument(request, "name"),
                role.get(),
                Optional.empty(),
                Optional.of(Duration.ofSeconds(Long.parseLong(seconds)))));
    return LocalRequest.Answer.done(List.of(List.of(token)));
  }

  private List<String> row(Tokens.Token token) {
    return List.of(
        token.name(),
        token.role(),
        token.created().toString(),
        token.expires().map(Instant::toString).orElse("never"),
        token.revoked().isPresent() ? "revoked" : tokens.good(token) ? "good" : "expired");
  }

  private static String argument(LocalRequest request, String name) {
    return request.arguments().getOrDefault(name, "");
  }
}
