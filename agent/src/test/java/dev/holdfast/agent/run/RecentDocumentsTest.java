package dev.holdfast.agent.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import com.google.protobuf.ByteString;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.DocumentReading;
import dev.holdfast.task.RunLimits;
import org.junit.jupiter.api.Test;

class RecentDocumentsTest {
  private final RecentDocuments documents = new RecentDocuments(DocumentReader::read);

  @Test
  void theSameDocumentIsReadOnce() {
    DocumentReading first = documents.read(document("a", 10));

    assertSame(first, documents.read(document("a", 10)));
    assertNotSame(first, documents.read(document("b", 10)));
    assertEquals(DocumentReader.read(document("a", 10).toByteArray()).document(), first.document());
  }

  @Test
  void whatWasNotUsedForTheLongestTimeGoesWhenThereIsNoRoom() {
    int third = RunLimits.MAX_RECENT_DOCUMENT_BYTES / 3 + 1;
    DocumentReading first = documents.read(document("a", third));
    DocumentReading second = documents.read(document("b", third));
    documents.read(document("a", third));

    documents.read(document("c", third));

    assertSame(first, documents.read(document("a", third)));
    assertNotSame(second, documents.read(document("b", third)));
  }

  @Test
  void whatIsLargerThanAllTheRoomIsReadAllTheSame() {
    ByteString large = document("a", RunLimits.MAX_RECENT_DOCUMENT_BYTES + 1);

    assertEquals(
        DocumentReader.read(large.toByteArray()).document(), documents.read(large).document());
  }

  /** With a comment that makes it as long as it is to be. */
  private static ByteString document(String step, int bytes) {
    String text =
        """
        schemaVersion: "2.2"
        mainSteps:
          - name: %s
            action: aws:runShellScript
            inputs:
              runCommand: ["true"]
        #\
        """
            .formatted(step);
    return ByteString.copyFromUtf8(text + "x".repeat(Math.max(0, bytes - text.length())));
  }
}
