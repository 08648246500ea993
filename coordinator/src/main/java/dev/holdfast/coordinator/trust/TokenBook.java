package dev.holdfast.coordinator.trust;

import com.google.gson.JsonObject;
import dev.holdfast.coordinator.store.AuditTrail;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.Tokens;
import dev.holdfast.coordinator.store.Write;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The tokens of people and scripts: made, looked at on every call, taken back. Of a token only its
 * hash is kept.
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

  /** Who does what is asked for on the coordinator's own machine. */
  private static final String LOCAL = "local";

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

  /** What can't be done with a token; the message says why. */
  public static final class TokenRefused extends Exception {
    private static final long serialVersionUID = 1L;

    TokenRefused(String message) {
      super(message);
    }
  }

  /** Who bears a token, if it is good now. */
  public Optional<Caller.Person> bearer(String token) {
    return store
        .read(read -> Tokens.find(read, Secrets.ofToken(token)))
        .filter(this::good)
        .flatMap(TokenBook::person);
  }

  /** Whether somebody's token is good now, and gives what it gave when they came. */
  public boolean stillGood(Caller.Person person) {
    return store
        .read(read -> Tokens.named(read, person.name()))
        .filter(this::good)
        .flatMap(TokenBook::person)
        .filter(person::equals)
        .isPresent();
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
   * Makes a token, for somebody on the coordinator's machine. A name whose token is no longer good
   * can be given again.
   *
   * @return the token, which is told this once
   */
  public String create(String name, Role role, Duration life) throws TokenRefused {
    if (!NAME.matcher(name).matches()) {
      throw new TokenRefused(
          "a token's name is 1 to 64 letters, digits, dots, dashes, underscores and @, the first a"
              + " letter or digit");
    }
    if (!life.isPositive() || life.compareTo(MAX_LIFE) > 0) {
      throw new TokenRefused("a token lives for at most " + MAX_LIFE.toDays() + " days");
    }
    String token = secrets.newToken();
    Optional<String> refusal =
        store.write(
            write -> {
              Optional<Tokens.Token> before = Tokens.named(write.read(), name);
              if (before.filter(this::good).isPresent()) {
                return Optional.of(
                    "there is a token '" + name + "': revoke it first, or choose another name");
              }
              if (Tokens.list(write.read()).stream().filter(this::good).count() >= MAX_TOKENS) {
                return Optional.of(
                    "there are " + MAX_TOKENS + " tokens: revoke some that are not used");
              }
              Tokens.remove(write, name);
              Tokens.add(
                  write,
                  name,
                  Secrets.ofToken(token),
                  role.text(),
                  Optional.of(write.now().plus(life)));
              audit(write, "CreateToken", name, Optional.of(role));
              return Optional.empty();
            });
    if (refusal.isPresent()) {
      throw new TokenRefused(refusal.get());
    }
    return token;
  }

  /** Takes a token back: from now on it opens nothing. */
  public void revoke(String name) throws TokenRefused {
    boolean revoked =
        store.write(
            write -> {
              if (!Tokens.revoke(write, name)) {
                return false;
              }
              audit(write, "RevokeToken", name, Optional.empty());
              return true;
            });
    if (!revoked) {
      throw new TokenRefused("there is no token '" + printable(name) + "' that is not revoked");
    }
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
    store.write(
        write -> {
          Tokens.add(
              write, FIRST_NAME, Secrets.ofToken(token), Role.ADMIN.text(), Optional.empty());
          audit(write, "CreateToken", FIRST_NAME, Optional.of(Role.ADMIN));
          return true;
        });
  }

  private void audit(Write write, String method, String name, Optional<Role> role) {
    JsonObject request = new JsonObject();
    request.addProperty("name", name);
    role.ifPresent(given -> request.addProperty("role", given.text()));
    AuditTrail.add(
        write,
        ids.get().toString(),
        method,
        LOCAL,
        LOCAL,
        List.of(name),
        "ALLOWED",
        "",
        request.toString());
  }

  private static Optional<Caller.Person> person(Tokens.Token token) {
    return Role.parse(token.role())
        .map(role -> new Caller.Person(token.name(), role, token.expires()));
  }

  private static String printable(String text) {
    return text.substring(0, Math.min(80, text.length())).replaceAll("\\p{C}", "?");
  }
}
