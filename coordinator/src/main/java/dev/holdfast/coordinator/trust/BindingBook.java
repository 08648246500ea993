package dev.holdfast.coordinator.trust;

import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.RoleBindings;
import dev.holdfast.coordinator.store.TagScope;
import dev.holdfast.coordinator.store.Tokens;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.task.PeopleLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What the bearers of tokens may do, and to which instances. Nobody changes what is bound to their
 * own token, and nobody lets or takes more than they may do themselves. A token that was ever bound
 * lets what its bindings let, and nothing when none is left.
 */
public final class BindingBook {
  private final Supplier<String> ids;
  private final Predicate<Tokens.Token> good;

  /**
   * @param ids of bindings
   * @param good whether a token is good now
   */
  public BindingBook(Supplier<String> ids, Predicate<Tokens.Token> good) {
    this.ids = ids;
    this.good = good;
  }

  /**
   * Binds a role, for some instances or all, to a token; the binding that is there if it is there.
   *
   * @throws TokenRefused if it can't be, or the actor may not
   */
  public RoleBindings.Binding put(
      Write write, Actor actor, String principal, Role role, Optional<TagScope> scope) {
    Tokens.Token token = touchable(write.read(), actor, principal);
    List<RoleBindings.Binding> before = RoleBindings.of(write.read(), principal);
    Optional<RoleBindings.Binding> same =
        before.stream()
            .filter(one -> one.role().equals(role.text()) && one.scope().equals(scope))
            .findFirst();
    if (same.isPresent()) {
      return same.get();
    }
    if (before.size() >= PeopleLimits.MAX_ROLE_BINDINGS) {
      throw new TokenRefused(
          TokenRefused.Why.LIMIT,
          "'"
              + principal
              + "' has "
              + PeopleLimits.MAX_ROLE_BINDINGS
              + " bindings; no more are allowed: give several values to one");
    }
    RoleBindings.Binding binding =
        new RoleBindings.Binding(
            ids.get(), principal, role.text(), scope, write.now(), actor.principal());
    List<RoleBindings.Binding> after = new ArrayList<>(before);
    after.add(binding);
    Set<Grant> lets = TokenBook.grants(after);
    if (!actor.covers(lets)) {
      throw new TokenRefused(
          TokenRefused.Why.DENIED,
          "the role "
              + role.text()
              + scope.map(one -> " for " + one).orElse(" for all instances")
              + " lets more than you may do");
    }
    if (!token.bound()) {
      Tokens.bind(write, principal);
    }
    RoleBindings.add(write, binding);
    return binding;
  }

  /**
   * Takes a binding away.
   *
   * @throws TokenRefused if the actor may not
   */
  public void delete(Write write, Actor actor, RoleBindings.Binding binding) {
    touchable(write.read(), actor, binding.principal());
    RoleBindings.remove(write, binding.id());
  }

  /** Whether an actor may be shown a binding. */
  public boolean mayTouch(Actor actor, RoleBindings.Binding binding) {
    return actor.covers(TokenBook.grants(List.of(binding)));
  }

  private Tokens.Token touchable(Read read, Actor actor, String principal) {
    if (actor.person().isPresent() && principal.equals(actor.principal())) {
      throw new TokenRefused(
          TokenRefused.Why.DENIED, "nobody changes what is bound to their own token");
    }
    Tokens.Token token =
        Tokens.named(read, principal)
            .filter(good)
            .orElseThrow(
                () ->
                    new TokenRefused(
                        TokenRefused.Why.MISSING,
                        "there is no token '"
                            + TokenBook.printable(principal)
                            + "' that is good: make it first"));
    if (!actor.covers(TokenBook.grants(read, token))) {
      throw new TokenRefused(
          TokenRefused.Why.DENIED, "the token '" + principal + "' lets more than you may do");
    }
    return token;
  }
}
