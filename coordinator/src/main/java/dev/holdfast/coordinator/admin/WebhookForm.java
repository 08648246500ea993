package dev.holdfast.coordinator.admin;

import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Webhooks;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.coordinator.trust.ParameterKeys;
import dev.holdfast.coordinator.webhook.WebhookUrl;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.ListWebhooksRequest;
import dev.holdfast.wire.v1.ListWebhooksResponse;
import dev.holdfast.wire.v1.PutWebhookRequest;
import dev.holdfast.wire.v1.Warning;
import dev.holdfast.wire.v1.Webhook;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Webhooks as callers write and see them. A secret goes in and never comes out. */
final class WebhookForm {
  private static final Pattern TYPE = Pattern.compile("[A-Za-z]{1,64}");
  private static final int MIN_SECRET = 16;
  private static final int MAX_SECRET = 256;
  private static final int MAX_URL = 2_048;
  private static final String EVENT_DETAIL = "url";

  private final ParameterKeys keys;

  WebhookForm(ParameterKeys keys) {
    this.keys = keys;
  }

  /**
   * Writes one: a new one from now on; one that is there goes on where it stood, or at the oldest
   * event that is kept: the warning says so.
   */
  List<Warning> put(Write write, PutWebhookRequest request) {
    check(request);
    Optional<Webhooks.Webhook> before = Webhooks.find(write.read(), request.getName());
    if (before.isEmpty()
        && Webhooks.list(write.read(), "", Limits.MAX_WEBHOOKS).size() >= Limits.MAX_WEBHOOKS) {
      throw new Refusal(
          "WebhookLimitExceeded",
          "there are " + Limits.MAX_WEBHOOKS + " webhooks; no more are allowed");
    }
    long position = before.map(Webhooks.Webhook::position).orElse(write.position());
    long kept = Math.max(position, EventLog.oldest(write.read()) - 1);
    int serial = before.map(Webhooks.Webhook::serial).orElse(0) + 1;
    Webhooks.put(
        write,
        new Webhooks.Webhook(
            request.getName(),
            request.getUrl(),
            List.copyOf(request.getTypesList()),
            keys.seal(Webhooks.sealedAs(request.getName()), serial, request.getSecret()),
            serial,
            kept,
            Webhooks.State.fine(write.now())));
    write.append(
        "WebhookPut",
        List.of(request.getName()),
        Map.of(EVENT_DETAIL, WebhookUrl.shown(request.getUrl())));
    return kept == position
        ? List.of()
        : List.of(
            Warning.newBuilder()
                .setCode("EventsTruncated")
                .setMessage(
                    "the events %d to %d are no longer kept, so this webhook does not get them: it"
                            .formatted(position + 1, kept)
                        + " goes on with the next one; start over from the rows")
                .build());
  }

  private static void check(PutWebhookRequest request) {
    Findings findings = new Findings();
    findings.name("name", request.getName());
    if (request.getUrl().length() > MAX_URL) {
      findings.add(
          "url",
          "has " + request.getUrl().length() + " characters; at most " + MAX_URL + " are allowed");
    } else {
      WebhookUrl.problem(request.getUrl()).ifPresent(problem -> findings.add("url", problem));
    }
    int types = request.getTypesCount();
    if (types < 1 || types > Limits.MAX_WEBHOOK_TYPES) {
      findings.add(
          "types", "has " + types + " items; 1 to " + Limits.MAX_WEBHOOK_TYPES + " are allowed");
    }
    HashSet<String> seen = new HashSet<>();
    for (int i = 0; i < types; i++) {
      String type = request.getTypes(i);
      if (!TYPE.matcher(type).matches()) {
        findings.add(
            "types[" + i + "]",
            "'" + Findings.printable(type) + "' is no type of an event, like RunEnded");
      } else if (!seen.add(type)) {
        findings.add("types[" + i + "]", "is there twice");
      }
    }
    int secret = request.getSecret().length();
    if (secret < MIN_SECRET || secret > MAX_SECRET) {
      findings.add(
          "secret",
          "has " + secret + " characters; " + MIN_SECRET + " to " + MAX_SECRET + " are allowed");
    }
    findings.refuse("ValidationError");
  }

  /** Deletes one, or refuses. */
  static void delete(Write write, String name) {
    if (!Webhooks.delete(write, name)) {
      throw new Refusal(
          "WebhookDoesNotExist",
          "there is no webhook '" + Findings.printable(name) + "'",
          List.of(new Refusal.Finding("name", "is no webhook's name")));
    }
    write.append("WebhookDeleted", List.of(name), Map.of());
  }

  /** A page of them, in the order of their names. */
  static ListWebhooksResponse page(Read read, ListWebhooksRequest request) {
    Pages.Page<Webhook> page =
        Pages.of(
            request.getPageSize(),
            request.getPageToken(),
            (after, atMost) -> Webhooks.list(read, after, atMost),
            Webhooks.Webhook::name,
            row -> Optional.of(toProto(row)));
    return ListWebhooksResponse.newBuilder()
        .addAllWebhooks(page.items())
        .setNextPageToken(page.next())
        .build();
  }

  private static Webhook toProto(Webhooks.Webhook row) {
    Webhook.Builder answer =
        Webhook.newBuilder()
            .setName(row.name())
            .setUrl(row.url())
            .addAllTypes(row.types())
            .setPosition(row.position())
            .setCondition(row.state().condition().name())
            .setMessage(row.state().message())
            .setSince(Times.toProto(row.state().since()))
            .setFailures(row.state().failures());
    row.state().nextAttempt().ifPresent(at -> answer.setNextAttempt(Times.toProto(at)));
    return answer.build();
  }
}
