package dev.holdfast.coordinator.webhook;

import com.google.protobuf.ByteString;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.document.JsonText;
import dev.holdfast.document.Value;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * An event as it is sent.
 *
 * @param headers what tells it and its sender apart
 * @param body JSON, in UTF-8
 */
record Delivery(Map<String, String> headers, ByteString body) {
  Delivery {
    headers = Map.copyOf(headers);
  }

  /** One that is sent now. */
  static Delivery of(EventLog.Event event, String secret, Instant now) {
    byte[] body = JsonText.canonical(json(event)).getBytes(StandardCharsets.UTF_8);
    String timestamp = Long.toString(now.getEpochSecond());
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("X-Holdfast-Delivery", event.epoch() + "." + event.position());
    headers.put("X-Holdfast-Timestamp", timestamp);
    headers.put("X-Holdfast-Signature", "sha256=" + signature(secret, timestamp, body));
    return new Delivery(headers, ByteString.copyFrom(body));
  }

  private static Value json(EventLog.Event event) {
    Map<String, Value> detail = new LinkedHashMap<>();
    event.detail().forEach((key, value) -> detail.put(key, new Value.Text(value)));
    Map<String, Value> fields = new LinkedHashMap<>();
    fields.put("position", new Value.Num(BigDecimal.valueOf(event.position())));
    fields.put("epoch", new Value.Num(BigDecimal.valueOf(event.epoch())));
    fields.put("time", new Value.Text(event.time().toString()));
    fields.put("type", new Value.Text(event.type()));
    fields.put(
        "resources",
        new Value.Items(event.resources().stream().map(id -> (Value) new Value.Text(id)).toList()));
    fields.put("detail", new Value.Fields(detail));
    return new Value.Fields(fields);
  }

  /** HMAC-SHA256 over the timestamp, a dot and the body; in hex. */
  static String signature(String secret, String timestamp, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      mac.update((timestamp + ".").getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
    }
  }
}
