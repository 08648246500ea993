package dev.holdfast.coordinator.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WebhookUrlTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://hooks.example.com/holdfast?key=1",
        "https://10.0.0.7:8443/",
        "https://[2001:db8::1]/x",
        "http://localhost:8080/hook",
        "http://127.0.0.1/",
        "http://[::1]:9/",
        "HTTPS://EXAMPLE.COM",
      })
  void theseAreAllowed(String url) {
    assertEquals(java.util.Optional.empty(), WebhookUrl.problem(url));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hooks.example.com",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https:///x",
        "https://user:word@example.com/",
        "https://example.com/#part",
        "https://example.com:0/",
        "https://example.com:70000/",
        "https://exa mple.com/",
        "https://example.com/\r\nX: y",
        "http://example.com/",
        "http://10.0.0.7/",
        "http://localhost.example.com/",
        "https://169.254.169.254/latest/meta-data/",
        "http://169.254.169.254/latest/meta-data/",
        "https://[fe80::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://[64:ff9b::169.254.169.254]/",
        "https://[fd00:ec2::254]/",
        "https://0.0.0.0/",
        "https://[::]/",
        "https://224.0.0.1/",
      })
  void theseAreRefused(String url) {
    assertTrue(WebhookUrl.problem(url).isPresent(), url);
  }
}
