package dev.holdfast.coordinator.admin;

import dev.holdfast.document.DocumentReading;
import dev.holdfast.wire.v1.DocumentFormat;
import dev.holdfast.wire.v1.Warning;
import java.util.List;

/**
 * What somebody sent to be stored as a version of a document, read and found right.
 *
 * @param format in which it is stored, as in {@code DOCUMENT_FORMAT_...}
 * @param schemaVersion as written; empty if there is none
 */
record DocumentContent(String format, String schemaVersion, List<Warning> warnings) {

  /** Reads it as a document of a type, or refuses it with every finding. */
  static DocumentContent read(String type, String content, DocumentFormat format) {
    if (type.equals(CalendarDocuments.TYPE)) {
      return CalendarDocuments.read(content, format);
    }
    DocumentReading reading = DocumentForm.read(content, format);
    DocumentChecks.schema(type, reading);
    return new DocumentContent(
        reading.format().name(), reading.schemaVersion(), DocumentForm.warnings(reading));
  }
}
