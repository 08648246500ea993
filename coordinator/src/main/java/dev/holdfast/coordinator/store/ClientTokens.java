package dev.holdfast.coordinator.store;

import com.google.protobuf.ByteString;
import dev.holdfast.task.Sha256;
import java.time.Duration;
import java.util.Optional;

/**
 * Answers already given to requests that named themselves. Each is for whoever asked, and for
 * nobody who gets their name later.
 */
public final class ClientTokens {
  /** How long a request's name is remembered. */
  public static final Duration KEPT = Duration.ofHours(24);

  private ClientTokens() {}

  /** An answer that was given. */
  public record Answer(Sha256 request, ByteString response) {}

  /** The answer given to somebody under this name, if it is still remembered. */
  public static Optional<Answer> find(Write write, String method, String principal, String token) {
    write
        .handle()
        .createUpdate("DELETE FROM client_token WHERE created < :before")
        .bind("before", write.now().minus(KEPT).toEpochMilli())
        .execute();
    return write
        .handle()
        .createQuery(
            "SELECT request_sha256, response FROM client_token WHERE method = :method AND token ="
                + " :token")
        .bind("method", method)
        .bind("token", named(principal, token))
        .map(
            (row, context) ->
                new Answer(
                    new Sha256(row.getString("request_sha256")),
                    ByteString.copyFrom(row.getBytes("response"))))
        .findOne();
  }

  /** Remembers an answer. */
  public static void add(
      Write write,
      String method,
      String principal,
      String token,
      Sha256 request,
      ByteString response) {
    write
        .handle()
        .createUpdate(
            "INSERT INTO client_token (method, token, request_sha256, response, created)"
                + " VALUES (:method, :token, :request, :response, :created)")
        .bind("method", method)
        .bind("token", named(principal, token))
        .bind("request", request.hex())
        .bind("response", response.toByteArray())
        .bind("created", write.now().toEpochMilli())
        .execute();
  }

  /** Forgets what was answered to somebody. */
  public static void forget(Write write, String principal) {
    String start = named(principal, "");
    write
        .handle()
        .createUpdate("DELETE FROM client_token WHERE substr(token, 1, length(:start)) = :start")
        .bind("start", start)
        .execute();
  }

  /** A principal's name has no bar in it. */
  private static String named(String principal, String token) {
    return principal + "|" + token;
  }
}
