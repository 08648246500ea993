package dev.holdfast.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RetryTimeTest {
  @Test
  void theTimeArrivesAndTheTextSaysItToo() {
    var refusal = RetryTime.refusal("too many links", Duration.ofMillis(9_001));

    assertEquals(Optional.of(Duration.ofMillis(9_001)), RetryTime.of(refusal));
    assertEquals("too many links: try again in 10 s", refusal.getStatus().getDescription());
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, refusal.getStatus().getCode());
    assertEquals(
        Optional.of(Duration.ofMillis(1)),
        RetryTime.of(RetryTime.refusal("no", Duration.ZERO)),
        "zero would say: at once, for ever");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "1e9", "12345678901234567890", " 5", "soon"})
  void whatIsNoTimeIsNone(String said) {
    Metadata trailers = new Metadata();
    trailers.put(Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER), said);

    assertEquals(
        Optional.empty(), RetryTime.of(Status.RESOURCE_EXHAUSTED.asRuntimeException(trailers)));
    assertEquals(Optional.empty(), RetryTime.of(new IllegalStateException()));
  }
}
