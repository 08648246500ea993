package dev.holdfast.coordinator.admin;

import dev.holdfast.coordinator.store.Documents;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.document.DocumentReading;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DocumentType;
import dev.holdfast.wire.v1.UpdateDocumentRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What is wrong with a document that somebody wants to store, beside its text. */
final class DocumentChecks {
  /** Versions of one document. */
  static final int MAX_VERSIONS = 1_000;

  private static final Set<String> RESERVED = Set.of("aws", "amazon", "amzn");

  private DocumentChecks() {}

  static void create(CreateDocumentRequest request) {
    Findings findings = new Findings();
    findings.name("name", request.getName());
    if (reserved(request.getName())) {
      findings.add(
          "name", "begins with a prefix that is kept for built-in documents: aws, amazon, amzn");
    }
    labels(findings, request.getVersionName(), request.getDisplayName());
    findings.tags("tags", request.getTagsMap());
    if (request.getDocumentType() == DocumentType.DOCUMENT_TYPE_CHANGE_CALENDAR
        || request.getDocumentType() == DocumentType.UNRECOGNIZED) {
      findings.add("document_type", "is not supported yet; allowed are COMMAND and POLICY");
    }
    findings.refuse("InvalidParameters");
  }

  private static void labels(Findings findings, String versionName, String displayName) {
    if (!versionName.isEmpty() && !versionName.matches("[A-Za-z0-9_.-]{1,128}")) {
      findings.add(
          "version_name", "allowed are 1 to 128 letters, digits, dots, underscores and dashes");
    }
    if (!displayName.matches("[\\w.:/ -]{0,1024}")) {
      findings.add(
          "display_name",
          "allowed are at most 1024 letters, digits, blanks and dots, dashes, underscores, colons"
              + " and slashes");
    }
  }

  /** Not every format can be of every type (spec.md section 1.1). */
  static void schema(String type, DocumentReading reading) {
    if (type.equals("POLICY") && reading.schemaVersion().startsWith("1.")) {
      throw new Refusal(
          "InvalidDocumentSchemaVersion",
          "a document of the type POLICY has the schema 2.0 or a later one, not "
              + reading.schemaVersion(),
          List.of(new Refusal.Finding("content", "its schemaVersion is too old for a POLICY")));
    }
  }

  /** Checks a new version; the display name that it has: that of the version before, if none. */
  static String update(
      Write write,
      UpdateDocumentRequest request,
      Documents.Name document,
      DocumentReading reading) {
    if (reserved(document.name())) {
      throw new Refusal("InvalidDocumentOperation", "built-in documents can't be changed");
    }
    Findings findings = new Findings();
    labels(findings, request.getVersionName(), request.getDisplayName());
    findings.refuse("InvalidParameters");
    schema(document.type(), reading);
    String base = request.getDocumentVersion();
    boolean newest =
        base.isEmpty()
            || DocumentForm.select(write.read(), document, base)
                .filter(version -> version.version() == document.latestVersion())
                .isPresent();
    if (!newest) {
      throw new Refusal(
          "InvalidDocumentVersion",
          "the base is '"
              + Findings.printable(base)
              + "'; only the newest version, "
              + document.latestVersion()
              + ", can be the base of an update");
    }
    if (document.latestVersion() >= MAX_VERSIONS) {
      throw new Refusal(
          "DocumentVersionLimitExceeded",
          "the document has " + MAX_VERSIONS + " versions; no more are allowed");
    }
    Sha256 hash = Sha256.of(request.getContent().getBytes(StandardCharsets.UTF_8));
    Optional<Documents.Version> latest =
        Documents.version(write.read(), document.name(), document.latestVersion());
    if (latest.filter(version -> version.sha256().equals(hash)).isPresent()) {
      throw new Refusal(
          "DuplicateDocumentContent",
          "the content is that of the newest version, " + document.latestVersion());
    }
    if (!request.getVersionName().isEmpty()
        && Documents.versionNamed(write.read(), document.name(), request.getVersionName())
            .isPresent()) {
      throw new Refusal(
          "DuplicateDocumentVersionName",
          "another version is called '" + Findings.printable(request.getVersionName()) + "'");
    }
    return request.getDisplayName().isEmpty()
        ? latest.map(Documents.Version::displayName).orElse("")
        : request.getDisplayName();
  }

  static boolean reserved(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return RESERVED.stream().anyMatch(lower::startsWith);
  }
}
