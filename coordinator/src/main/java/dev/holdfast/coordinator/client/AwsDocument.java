package dev.holdfast.coordinator.client;

import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DocumentFormat;
import dev.holdfast.wire.v1.DocumentType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What {@code aws ssm get-document} prints, or {@code create-document} takes (spec.md 1.7). */
final class AwsDocument {
  /** What AWS tells of its own copy. */
  private static final Set<String> OF_AWS =
      Set.of(
          "createddate", "status", "statusinformation", "reviewstatus", "documentversion", "owner");

  private AwsDocument() {}

  static AwsFile read(Map<String, AwsField> fields) {
    CreateDocumentRequest.Builder request = CreateDocumentRequest.newBuilder();
    List<String> dropped = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    if (!fields.containsKey("name")) {
      refused.add("Name: is missing; a document needs one");
    }
    fields.forEach(
        (plain, field) -> {
          Optional<String> text = field.text();
          switch (plain) {
            case "name" -> text.map(AwsAssociation::documentName).ifPresent(request::setName);
            case "content" -> request.setContent(text.orElseGet(() -> field.value().toString()));
            case "versionname" -> text.ifPresent(request::setVersionName);
            case "displayname" -> text.ifPresent(request::setDisplayName);
            case "documentformat" -> {
              try {
                request.setDocumentFormat(
                    DocumentFormat.valueOf(
                        "DOCUMENT_FORMAT_" + text.orElse("").toUpperCase(Locale.ROOT)));
              } catch (IllegalArgumentException e) {
                refused.add(field.key() + ": allowed are JSON and YAML");
              }
            }
            case "documenttype" -> type(field, request, refused);
            case "tags" -> AwsAssociation.tags(field, request::putTags, refused);
            default -> {
              if (OF_AWS.contains(plain) || field.isNull()) {
                dropped.add(field.key() + ": is of AWS's own copy");
              } else {
                dropped.add(field.key() + ": has no meaning here");
              }
            }
          }
        });
    return new AwsFile(
        refused.isEmpty()
            ? Optional.of(new AwsFile.Asked.ADocument(request.build()))
            : Optional.empty(),
        dropped,
        refused);
  }

  private static void type(
      AwsField field, CreateDocumentRequest.Builder request, List<String> refused) {
    switch (field.text().orElse("")) {
      case "Command" -> request.setDocumentType(DocumentType.DOCUMENT_TYPE_COMMAND);
      case "Policy" -> request.setDocumentType(DocumentType.DOCUMENT_TYPE_POLICY);
      case "ChangeCalendar" -> request.setDocumentType(DocumentType.DOCUMENT_TYPE_CHANGE_CALENDAR);
      default ->
          refused.add(
              field.key()
                  + ": is "
                  + field.value()
                  + "; what can be imported are Command, Policy and ChangeCalendar");
    }
  }
}
