package dev.holdfast.coordinator.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.coordinator.trust.Policy;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the audit trail knows of the methods that it names. */
final class AuditedMethodTest {
  @Test
  void eachMethodOfOursIsKnownByTheServiceThatItIsOf() {
    List<String> unknown =
        new Policy()
            .entries().keySet().stream()
                .filter(method -> method.startsWith("holdfast."))
                .filter(
                    method ->
                        !AuditedMethod.named(method.substring(method.indexOf('/') + 1))
                            .source()
                            .equals(method.substring(0, method.indexOf('/'))))
                .sorted()
                .toList();

    assertEquals(List.of(), unknown);
  }
}
