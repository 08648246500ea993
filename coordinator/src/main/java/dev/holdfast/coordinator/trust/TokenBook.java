package dev.holdfast.coordinator.trust;

import com.google.gson.JsonObject;
import dev.holdfast.coordinator.store.AuditTrail;
import dev.holdfast.coordinator.store.ClientTokens;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.RoleBindings;
import dev.holdfast.coordinator.store.Sight;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.TagScope;
import dev.holdfast.coordinator.store.Tokens;
import dev.holdfast.coordinator.store.Write;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The tokens of people and scripts: made, looked at on every call, taken back. Of a token only its
 * hash is kept. Whoever makes or takes one may do all that its bearer may do; what the bearers may
 * do to which instances is in {@link BindingBook}.
 */
public final class TokenBook {
  /** How long a token is good unless asked otherwise. */
  public static final Duration DEFAULT_LIFE = Duration.ofHours(8);

  /** How long a token can be good. */
  public static final Duration MAX_LIFE = Duration.ofDays(90);

  /** Tokens that are good at once. */
  static final int MAX_TOKENS = 1_000;

  /** The file with the token of the first start. */
  private static final String FIRST_FILE = "admin.token";

  private static final String FIRST_NAME = "admin";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}");

  private final Store store;
  private final Secrets secrets;
  private final Supplier<Instant> clock;
  private final Supplier<UUID> ids;

  /** Over a store. */
  public TokenBook(Store store, Secrets secrets, Supplier<Instant> clock, Supplier<UUID> ids) {
    this.store = store;
    this.secrets = secrets;
    this.clock = clock;
    this.ids = ids;
  }

  /**
   * What is asked for of a token.
   *
   * @param scope the instances that it is good for; empty: all
   * @param life empty: the usual
   */
  public record Asked(String name, Role role, Optional<TagScope> scope, Optional<Duration> life) {}

  /** A token that was made: the secret is told this once. */
  public record Made(String secret, Tokens.Token token) {}

  /** Who bears a token, if it is good now. */
  public Optional<Caller.Person> bearer(String token) {
    return store.read(
        read ->
            Tokens.find(read, Secrets.ofToken(token))
                .filter(this::good)
                .flatMap(row -> person(read, row)));
  }

  /** Whether somebody's token is good now, and gives what it gave when they came. */
  public boolean stillGood(Caller.Person person) {
    return store.read(
        read ->
            Tokens.named(read, person.name())
                .filter(this::good)
                .flatMap(row -> person(read, row))
                .filter(person::equals)
                .isPresent());
  }

  /** All that are kept, by name; revoked and expired ones too. */
  public List<Tokens.Token> list() {
    return store.read(Tokens::list);
  }

  /** Whether a token is neither revoked nor expired. */
  public boolean good(Tokens.Token token) {
    return token.revoked().isEmpty()
        && token.expires().map(expires -> expires.isAfter(clock.get())).orElse(true);
  }

  /**
   * Makes a token. A name whose token is no longer good can be given again; nothing that was bound
   * to it is, and no answer that was given to its bearer.
   *
   * @throws TokenRefused if it can't be, or the actor may not
   */
  public Made create(Write write, Actor actor, Asked asked) {
    if (!NAME.matcher(asked.name).matches()) {
      throw new TokenRefused(
          TokenRefused.Why.INVALID,
          "a token's name is 1 to 64 letters, digits, dots, dashes, underscores and @, the first a"
              + " letter or digit");
    }
    Set<Grant> grants =
        Set.of(
            new Grant(
                asked.role,
                asked
                    .scope
                    .<Sight>map(scope -> new Sight.Tagged(Set.of(scope)))
                    .orElse(Sight.all())));
    if (!actor.covers(grants)) {
      throw new TokenRefused(
          TokenRefused.Why.DENIED,
          "a token of role "
              + asked.role.text()
              + asked.scope.map(scope -> " for " + scope).orElse(" for all instances")
              + " would let more than you may do");
    }
    Optional<Tokens.Token> before = Tokens.named(write.read(), asked.name);
    if (before.filter(this::good).isPresent()) {
      throw new TokenRefused(
          TokenRefused.Why.EXISTS,
          "there is a token '" + asked.name + "': revoke it first, or choose another name");
    }
    if (Tokens.list(write.read()).stream().filter(this::good).count() >= MAX_TOKENS) {
      throw new TokenRefused(
          TokenRefused.Why.LIMIT,
          "there are " + MAX_TOKENS + " tokens: revoke some that are not used");
    }
    Instant expires = expires(write.now(), actor, asked.life);
    String secret = secrets.newToken();
    Tokens.remove(write, asked.name);
    RoleBindings.removeOf(write, asked.name);
    ClientTokens.forget(write, asked.name);
    Tokens.add(write, asked.name, Secrets.ofToken(secret), asked.role.text(), Optional.of(expires));
    if (asked.scope.isPresent()) {
      Tokens.bind(write, asked.name);
      RoleBindings.add(
          write,
          new RoleBindings.Binding(
              ids.get().toString(),
              asked.name,
              asked.role.text(),
              asked.scope,
              write.now(),
              actor.principal()));
    }
    return new Made(secret, Tokens.named(write.read(), asked.name).orElseThrow());
  }

  /** A token ends no later than the one with which it is made. */
  private static Instant expires(Instant now, Actor actor, Optional<Duration> asked) {
    Duration life = asked.orElse(DEFAULT_LIFE);
    if (!life.isPositive() || life.compareTo(MAX_LIFE) > 0) {
      throw new TokenRefused(
          TokenRefused.Why.INVALID, "a token lives for at most " + MAX_LIFE.toDays() + " days");
    }
    Instant expires = now.plus(life);
    Optional<Instant> most = actor.person().flatMap(Caller.Person::expires);
    if (most.filter(expires::isAfter).isEmpty()) {
      return expires;
    }
    if (asked.isPresent()) {
      throw new TokenRefused(
          TokenRefused.Why.DENIED,
          "your own token ends at " + most.get() + ", and what you make with it ends no later");
    }
    return most.get();
  }

  /**
   * Takes a token back: from now on it opens nothing, and nothing is bound to its name.
   *
   * @throws TokenRefused if there is none, or the actor may not
   */
  public void revoke(Write write, Actor actor, String name) {
    Optional<Tokens.Token> token = Tokens.named(write.read(), name);
    if (token.filter(row -> !actor.covers(grants(write.read(), row))).isPresent()) {
      throw new TokenRefused(
          TokenRefused.Why.DENIED, "the token '" + name + "' lets more than you may do");
    }
    if (!Tokens.revoke(write, name)) {
      throw new TokenRefused(
          TokenRefused.Why.MISSING,
          "there is no token '" + printable(name) + "' that is not revoked");
    }
    RoleBindings.removeOf(write, name);
  }

  /** Whether an actor may touch a token. */
  public boolean mayTouch(Read read, Actor actor, Tokens.Token token) {
    return actor.covers(grants(read, token));
  }

  /** What the bearer of a token may do. */
  static Set<Grant> grants(Read read, Tokens.Token token) {
    return token.bound()
        ? grants(RoleBindings.of(read, token.name()))
        : Role.parse(token.role()).stream()
            .map(role -> new Grant(role, Sight.all()))
            .collect(Collectors.toSet());
  }

  /** What bindings let. */
  static Set<Grant> grants(List<RoleBindings.Binding> bindings) {
    return bindings.stream()
        .flatMap(
            binding ->
                Role.parse(binding.role()).stream().map(role -> new Grant(role, binding.sight())))
        .collect(Collectors.toSet());
  }

  /** Makes one for somebody on the coordinator's machine; its secret, which is told this once. */
  public String create(Actor actor, Asked asked) {
    return audited(actor, "CreateToken", asked, write -> create(write, actor, asked).secret());
  }

  /** Takes one back for somebody on the coordinator's machine. */
  public void revoke(Actor actor, String name) {
    store.write(
        write -> {
          revoke(write, actor, name);
          audit(write, actor, "RevokeToken", name, Optional.empty(), Optional.empty());
          return true;
        });
  }

  private <T> T audited(Actor actor, String method, Asked asked, Function<Write, T> work) {
    return store.write(
        write -> {
          T result = work.apply(write);
          audit(write, actor, method, asked.name, Optional.of(asked.role), asked.scope);
          return result;
        });
  }

  /**
   * Makes the first token, of role admin, if there was never any, and leaves it in a file for its
   * owner. The file is there before the token is good, so a crash in between leaves no token that
   * nobody knows.
   */
  public void makeFirst(Path folder) throws IOException {
    if (store.read(Tokens::any)) {
      return;
    }
    String token = secrets.newToken();
    Keys.write(folder.resolve(FIRST_FILE), "rw-------", token + "\n");
    Actor self = new Actor("coordinator", Actor.LOCAL, Optional.empty());
    store.write(
        write -> {
          Tokens.add(
              write, FIRST_NAME, Secrets.ofToken(token), Role.ADMIN.text(), Optional.empty());
          audit(write, self, "CreateToken", FIRST_NAME, Optional.of(Role.ADMIN), Optional.empty());
          return true;
        });
  }

  private void audit(
      Write write,
      Actor actor,
      String method,
      String name,
      Optional<Role> role,
      Optional<TagScope> scope) {
    JsonObject request = new JsonObject();
    request.addProperty("name", name);
    role.ifPresent(given -> request.addProperty("role", given.text()));
    scope.ifPresent(given -> request.addProperty("tag_scope", given.text()));
    AuditTrail.add(
        write,
        ids.get().toString(),
        method,
        actor.principal(),
        actor.address(),
        List.of(name),
        "ALLOWED",
        "",
        request.toString());
  }

  private static Optional<Caller.Person> person(Read read, Tokens.Token token) {
    return Role.parse(token.role())
        .map(role -> new Caller.Person(token.name(), role, grants(read, token), token.expires()));
  }

  static String printable(String text) {
    return text.substring(0, Math.min(80, text.length())).replaceAll("\\p{C}", "?");
  }
}
