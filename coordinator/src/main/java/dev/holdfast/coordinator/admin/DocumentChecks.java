package dev.holdfast.coordinator.admin;

import dev.holdfast.coordinator.store.Documents;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DocumentType;
import dev.holdfast.wire.v1.UpdateDocumentRequest;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
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
    if (!request.getVersionName().isEmpty()
        && !request.getVersionName().matches("[A-Za-z0-9_.-]{1,128}")) {
      findings.add(
          "version_name", "allowed are 1 to 128 letters, digits, dots, underscores and dashes");
    }
    findings.text("display_name", request.getDisplayName(), 1024);
    findings.tags("tags", request.getTagsMap());
    if (request.getDocumentType() == DocumentType.UNRECOGNIZED) {
      findings.add("document_type", "allowed are COMMAND, POLICY and CHANGE_CALENDAR");
    }
    findings.refuse("InvalidParameters");
  }

  static void update(Write write, UpdateDocumentRequest request, Documents.Name document) {
    if (reserved(document.name())) {
      throw new Refusal("InvalidDocumentOperation", "built-in documents can't be changed");
    }
    String base = request.getDocumentVersion();
    if (!base.isEmpty()
        && !base.equals(DocumentForm.LATEST)
        && !base.equals(Integer.toString(document.latestVersion()))) {
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
    if (Documents.version(write.read(), document.name(), document.latestVersion())
        .filter(latest -> latest.sha256().equals(hash))
        .isPresent()) {
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
  }

  static boolean reserved(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return RESERVED.stream().anyMatch(lower::startsWith);
  }
}
