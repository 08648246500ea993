package dev.holdfast.agent.download;

import dev.holdfast.agent.download.Source.Login;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Fetches a URL into a file: a few redirects, credentials for the origin that they were given for
 * and for no other, no address that may not be reached, and an end to what is too large or hardly
 * gets on.
 */
final class WebClient {
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);
  private static final int UNAUTHORIZED = 401;
  private static final int OK = 200;

  private final SSLContext tls;
  private final Reach reach;
  private final DownloadBounds bounds;
  private final int redirects;
  private final Supplier<Duration> uptime;

  /**
   * With what it trusts and how far it goes.
   *
   * @param uptime a clock that never goes back
   */
  WebClient(
      SSLContext tls,
      Reach reach,
      DownloadBounds bounds,
      int redirects,
      Supplier<Duration> uptime) {
    this.tls = tls;
    this.reach = reach;
    this.bounds = bounds;
    this.redirects = redirects;
    this.uptime = uptime;
  }

  /**
   * What to fetch.
   *
   * @param headers sent as long as the origin is the same
   * @param insecure whether {@code http} is allowed
   * @param hashed whether what comes is compared with a hash: then its length need not be told
   */
  record Page(URI url, Map<String, String> headers, Login login, boolean insecure, boolean hashed) {
    /** Copies the map. */
    Page {
      headers = Map.copyOf(headers);
    }
  }

  /**
   * Fetches it.
   *
   * @param into what was fetched; holds parts of it if this throws
   * @return the type of what was fetched, as its server calls it; may be empty
   */
  String fetch(Page page, PartFile into) throws InterruptedException {
    try (HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(CONNECT)
            .sslContext(tls)
            .build()) {
      try {
        return follow(client, page, into);
      } finally {
        client.shutdownNow();
      }
    }
  }

  private String follow(HttpClient client, Page page, PartFile into) throws InterruptedException {
    URI at = page.url();
    int followed = 0;
    Optional<String> answer = Optional.empty();
    while (true) {
      reach.check(at, page.insecure());
      HttpResponse<Void> response = send(client, request(page, at, answer), page.hashed, into);
      Optional<URI> next =
          Reach.next(at, response.statusCode(), response.headers().firstValue("location"));
      if (next.isPresent()) {
        followed++;
        if (followed > redirects) {
          throw new DownloadException(
              "TooManyRedirects", "more than " + redirects + " redirects, one after another");
        }
        at = next.get();
        answer = Optional.empty();
      } else if (response.statusCode() == UNAUTHORIZED
          && answer.isEmpty()
          && page.login().method() == Login.Method.DIGEST
          && Reach.sameOrigin(page.url(), at)) {
        answer = Optional.of(digest(page.login(), at, response));
      } else if (response.statusCode() != OK) {
        throw new DownloadException(
            "DownloadFailed", "the server answered with status " + response.statusCode());
      } else {
        return response.headers().firstValue("content-type").orElse("");
      }
    }
  }

  private static HttpRequest request(Page page, URI at, Optional<String> answer) {
    Map<String, String> headers = new TreeMap<>(Map.of("User-Agent", "holdfast-agent"));
    if (Reach.sameOrigin(page.url(), at)) {
      headers.putAll(page.headers());
      if (page.login().method() == Login.Method.BASIC) {
        String both = page.login().username().value() + ":" + page.login().password().value();
        headers.put(
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8)));
      }
      answer.ifPresent(text -> headers.put("Authorization", text));
    }
    HttpRequest.Builder request = HttpRequest.newBuilder(at);
    try {
      headers.forEach(request::header);
    } catch (IllegalArgumentException e) {
      // The exception tells the value, which may be a secret.
      throw new DownloadException(
          "InvalidInputs", "the credentials have characters that can't be sent");
    }
    return request.build();
  }

  private String digest(Login login, URI at, HttpResponse<Void> response) {
    return DigestLogin.answer(
            response.headers().allValues("www-authenticate"),
            at,
            login.username().value(),
            login.password().value(),
            Long.toHexString(uptime.get().toNanos()))
        .orElseThrow(
            () ->
                new DownloadException(
                    "DownloadFailed", "the server asks for no digest that can be answered"));
  }

  /** Waits for the end of it, and gives up on what does not get on. */
  private HttpResponse<Void> send(
      HttpClient client, HttpRequest request, boolean hashed, PartFile into)
      throws InterruptedException {
    CompletableFuture<HttpResponse<Void>> response =
        client.sendAsync(
            request,
            info -> {
              if (info.statusCode() != OK) {
                return new Ignored();
              }
              info.headers().firstValueAsLong("content-length").ifPresent(bounds::checkBytes);
              if (!hashed && !tellsItsEnd(info.headers())) {
                throw new DownloadException(
                    "DownloadFailed",
                    "the server does not tell how long the file is, so one that is cut off would"
                        + " be taken for whole; give its sha256");
              }
              return new Into(into);
            });
    Duration since = uptime.get();
    long before = into.bytes();
    try {
      while (true) {
        try {
          return response.get(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          if (uptime.get().minus(since).compareTo(bounds.slow()) > 0) {
            if (into.bytes() - before < bounds.leastBytes()) {
              throw new DownloadException(
                  "TooSlow",
                  "fewer than " + bounds.leastBytes() + " bytes came within " + bounds.slow());
            }
            since = uptime.get();
            before = into.bytes();
          }
        }
      }
    } catch (ExecutionException e) {
      throw failed(e.getCause() == null ? e : e.getCause());
    } finally {
      response.cancel(true);
    }
  }

  /** Whether a body that is cut off is told from one that ends: also below TLS anybody can cut. */
  private static boolean tellsItsEnd(HttpHeaders headers) {
    return headers.firstValue("content-length").isPresent()
        || headers.firstValue("transfer-encoding").isPresent();
  }

  private static DownloadException failed(Throwable cause) {
    for (@Nullable Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof DownloadException known) {
        return known;
      }
    }
    return new DownloadException("DownloadFailed", String.valueOf(cause));
  }

  /** Writes what comes, a buffer at a time: the server is only as far ahead as the window. */
  private static final class Into implements BodySubscriber<Void> {
    private final PartFile into;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private Flow.Subscription subscription = new Nothing();

    Into(PartFile into) {
      this.into = into;
    }

    @Override
    public CompletionStage<Void> getBody() {
      return done;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      try {
        for (ByteBuffer buffer : buffers) {
          into.add(buffer);
        }
        subscription.request(1);
      } catch (IOException | DownloadException e) {
        subscription.cancel();
        done.completeExceptionally(e);
      }
    }

    @Override
    public void onError(Throwable failure) {
      done.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      done.complete(null);
    }
  }

  /** Takes nothing of a body that nobody asked for. */
  private static final class Ignored implements BodySubscriber<Void> {
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    @Override
    public CompletionStage<Void> getBody() {
      return done;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.cancel();
      done.complete(null);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {}

    @Override
    public void onError(Throwable failure) {
      done.complete(null);
    }

    @Override
    public void onComplete() {
      done.complete(null);
    }
  }

  private static final class Nothing implements Flow.Subscription {
    @Override
    public void request(long count) {}

    @Override
    public void cancel() {}
  }
}
