package dev.holdfast.coordinator.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.rpc.BadRequest;
import dev.holdfast.coordinator.admin.Refusal.Finding;
import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Whatever a refusal tells, it gets to whoever is refused. */
final class RefusalTest {
  /** What clients take of metadata, where nobody set it otherwise. */
  private static final int TAKEN = 8 * 1024;

  /** What is counted for each header beside its name and value. */
  private static final int HEADER = 32;

  @Test
  void whatFitsIsToldWhole() throws Exception {
    Finding one = new Finding("name", "is taken");
    Finding other = new Finding("content", "ö is no letter here");
    StatusRuntimeException refusal =
        new Refusal("InvalidParameters", "name: is taken (and 1 more)", List.of(one, other))
            .status();

    assertEquals("name: is taken (and 1 more)", refusal.getStatus().getDescription());
    assertEquals(List.of(one, other), findings(refusal));
  }

  @Test
  void whatDoesNotFitIsCounted() throws Exception {
    List<Finding> many =
        Collections.nCopies(100, new Finding("content", "x".repeat(90))); // twice as much
    StatusRuntimeException refusal =
        new Refusal("InvalidDocumentContent", "x (and 99 more)", many).status();

    List<Finding> told = findings(refusal);
    assertTrue(told.size() > 30 && told.size() < 60, () -> told.size() + " findings");
    assertEquals(new Finding("", "and " + (101 - told.size()) + " more"), told.getLast());
    assertTrue(bytes(refusal) < TAKEN, () -> bytes(refusal) + " bytes");
  }

  @Test
  void longTextsAreCutSoThatTheirBeginningIsHeard() throws Exception {
    for (String sign : List.of("x", "%", "\u00e4", "\u20ac", "\ud83d\ude00", "\n")) {
      String text = sign.repeat(60_000);
      StatusRuntimeException refusal =
          new Refusal("InvalidParameters", text, Collections.nCopies(5, new Finding(text, text)))
              .status();

      assertTrue(bytes(refusal) < TAKEN, () -> sign + ": " + bytes(refusal) + " bytes");
      String told = String.valueOf(refusal.getStatus().getDescription());
      assertTrue(told.startsWith(sign.repeat(50)) && told.endsWith(sign + "..."), told);
      assertTrue(findings(refusal).getFirst().description().startsWith(sign.repeat(50)), sign);
    }
  }

  private static List<Finding> findings(StatusRuntimeException refusal) throws Exception {
    var details = Objects.requireNonNull(StatusProto.fromThrowable(refusal)).getDetailsList();
    return details.getLast().unpack(BadRequest.class).getFieldViolationsList().stream()
        .map(violation -> new Finding(violation.getField(), violation.getDescription()))
        .toList();
  }

  /** As they count in the frames of HTTP/2. */
  private static int bytes(StatusRuntimeException refusal) {
    Metadata trailers = new Metadata();
    if (refusal.getTrailers() != null) {
      trailers.merge(refusal.getTrailers());
    }
    int bytes = 4 * HEADER + ":status200content-typeapplication/grpcgrpc-status3".length();
    byte[][] headers = InternalMetadata.serialize(trailers);
    for (int i = 0; i < headers.length; i += 2) {
      bytes += HEADER + headers[i].length + Base64.getEncoder().encode(headers[i + 1]).length;
    }
    String message = String.valueOf(refusal.getStatus().getDescription());
    for (byte one : message.getBytes(StandardCharsets.UTF_8)) {
      bytes += one >= ' ' && one <= '~' && one != '%' ? 1 : 3;
    }
    return bytes + "grpc-message".length();
  }
}
