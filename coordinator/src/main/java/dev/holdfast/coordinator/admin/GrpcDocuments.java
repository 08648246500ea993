package dev.holdfast.coordinator.admin;

import dev.holdfast.coordinator.store.Bodies;
import dev.holdfast.coordinator.store.Documents;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.document.DocumentReading;
import dev.holdfast.document.DocumentText;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.CreateDocumentResponse;
import dev.holdfast.wire.v1.DeleteDocumentRequest;
import dev.holdfast.wire.v1.DeleteDocumentResponse;
import dev.holdfast.wire.v1.DescribeDocumentRequest;
import dev.holdfast.wire.v1.DescribeDocumentResponse;
import dev.holdfast.wire.v1.DocumentDescription;
import dev.holdfast.wire.v1.DocumentFormat;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import dev.holdfast.wire.v1.DocumentType;
import dev.holdfast.wire.v1.DocumentVersion;
import dev.holdfast.wire.v1.GetCalendarStateRequest;
import dev.holdfast.wire.v1.GetCalendarStateResponse;
import dev.holdfast.wire.v1.GetDocumentRequest;
import dev.holdfast.wire.v1.GetDocumentResponse;
import dev.holdfast.wire.v1.ListDocumentVersionsRequest;
import dev.holdfast.wire.v1.ListDocumentVersionsResponse;
import dev.holdfast.wire.v1.ListDocumentsRequest;
import dev.holdfast.wire.v1.ListDocumentsResponse;
import dev.holdfast.wire.v1.UpdateDocumentDefaultVersionRequest;
import dev.holdfast.wire.v1.UpdateDocumentDefaultVersionResponse;
import dev.holdfast.wire.v1.UpdateDocumentRequest;
import dev.holdfast.wire.v1.UpdateDocumentResponse;
import dev.holdfast.wire.v1.Warning;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Documents. */
public final class GrpcDocuments extends DocumentServiceGrpc.DocumentServiceImplBase {
  /** Documents of one coordinator. */
  static final int MAX_DOCUMENTS = 10_000;

  /** Associations that a refusal names; more are counted. */
  private static final int TOLD_USERS = 10;

  private final Calls calls;
  private final Consequences consequences;
  private final Supplier<Instant> clock;

  /**
   * Over the store behind the calls.
   *
   * @param clock at which calendars are looked at where a request names no time
   */
  public GrpcDocuments(Calls calls, Consequences consequences, Supplier<Instant> clock) {
    this.calls = calls;
    this.consequences = consequences;
    this.clock = clock;
  }

  @Override
  public void createDocument(
      CreateDocumentRequest request, StreamObserver<CreateDocumentResponse> answer) {
    calls.mutateOnce(
        "CreateDocument",
        request,
        request.getClientToken(),
        CreateDocumentResponse.parser(),
        answer,
        write -> {
          DocumentChecks.create(request);
          String type = DocumentForm.type(request.getDocumentType());
          DocumentContent content =
              DocumentContent.read(type, request.getContent(), request.getDocumentFormat());
          if (Documents.find(write.read(), request.getName()).isPresent()) {
            throw new Refusal(
                "DocumentAlreadyExists", "there is a document '" + request.getName() + "' already");
          }
          if (Documents.count(write.read()) >= MAX_DOCUMENTS) {
            throw new Refusal(
                "DocumentLimitExceeded",
                "there are " + MAX_DOCUMENTS + " documents; no more are allowed");
          }
          Documents.add(write, request.getName(), type, DocumentForm.SELF, request.getTagsMap());
          Documents.addVersion(
              write,
              request.getName(),
              request.getVersionName(),
              request.getDisplayName(),
              content.format(),
              content.schemaVersion(),
              request.getContent().getBytes(StandardCharsets.UTF_8));
          write.append("DocumentCreated", List.of(request.getName()), Map.of("version", "1"));
          consequences.documentChanged(write, request.getName());
          return new Calls.Done<>(
              CreateDocumentResponse.newBuilder()
                  .setDocumentDescription(
                      described(write.read(), request.getName(), DocumentForm.LATEST, ""))
                  .addAllWarnings(content.warnings())
                  .build(),
              List.of(request.getName()));
        });
  }

  @Override
  public void updateDocument(
      UpdateDocumentRequest request, StreamObserver<UpdateDocumentResponse> answer) {
    calls.mutate(
        "UpdateDocument",
        request,
        answer,
        write -> {
          Documents.Name document = DocumentForm.required(write.read(), request.getName());
          DocumentContent content =
              DocumentContent.read(
                  document.type(), request.getContent(), request.getDocumentFormat());
          String displayName = DocumentChecks.update(write, request, document);
          int version =
              Documents.addVersion(
                  write,
                  request.getName(),
                  request.getVersionName(),
                  displayName,
                  content.format(),
                  content.schemaVersion(),
                  request.getContent().getBytes(StandardCharsets.UTF_8));
          write.append(
              "DocumentUpdated",
              List.of(request.getName()),
              Map.of("version", Integer.toString(version)));
          consequences.documentChanged(write, request.getName(), request.getAcknowledgeTargets());
          return new Calls.Done<>(
              UpdateDocumentResponse.newBuilder()
                  .setDocumentDescription(
                      described(write.read(), request.getName(), DocumentForm.LATEST, ""))
                  .addAllWarnings(content.warnings())
                  .build(),
              List.of(request.getName()));
        });
  }

  @Override
  public void updateDocumentDefaultVersion(
      UpdateDocumentDefaultVersionRequest request,
      StreamObserver<UpdateDocumentDefaultVersionResponse> answer) {
    calls.mutate(
        "UpdateDocumentDefaultVersion",
        request,
        answer,
        write -> {
          Documents.Name document = DocumentForm.required(write.read(), request.getName());
          if (DocumentChecks.reserved(document.name())) {
            throw new Refusal("InvalidDocumentOperation", "built-in documents can't be changed");
          }
          if (Documents.version(write.read(), request.getName(), request.getDocumentVersion())
              .isEmpty()) {
            throw DocumentForm.noVersion(
                request.getName(), Integer.toString(request.getDocumentVersion()));
          }
          if (document.defaultVersion() != request.getDocumentVersion()) {
            Documents.setDefault(write, request.getName(), request.getDocumentVersion());
            write.append(
                "DocumentDefaultMoved",
                List.of(request.getName()),
                Map.of("version", Integer.toString(request.getDocumentVersion())));
            consequences.documentChanged(write, request.getName(), request.getAcknowledgeTargets());
          }
          return new Calls.Done<>(
              UpdateDocumentDefaultVersionResponse.newBuilder()
                  .setDocumentDescription(described(write.read(), request.getName(), "", ""))
                  .build(),
              List.of(request.getName()));
        });
  }

  @Override
  public void getDocument(GetDocumentRequest request, StreamObserver<GetDocumentResponse> answer) {
    calls.query(
        answer,
        read -> {
          Documents.Name document = DocumentForm.required(read, request.getName());
          Documents.Version version =
              DocumentForm.version(
                  read, document, request.getDocumentVersion(), request.getVersionName());
          byte[] stored =
              Bodies.find(read, version.sha256())
                  .orElseThrow(
                      () ->
                          new StoreException("the bytes of " + version.sha256() + " are missing"));
          if (document.type().equals(CalendarDocuments.TYPE)) {
            return got(document, version)
                .setContent(CalendarDocuments.text(stored, request.getDocumentFormat()))
                .setDocumentFormat(DocumentFormat.DOCUMENT_FORMAT_TEXT)
                .build();
          }
          DocumentReading.Format from = DocumentReading.Format.valueOf(version.format());
          DocumentReading.Format to =
              switch (request.getDocumentFormat()) {
                case DOCUMENT_FORMAT_JSON -> DocumentReading.Format.JSON;
                case DOCUMENT_FORMAT_YAML -> DocumentReading.Format.YAML;
                case DOCUMENT_FORMAT_UNSPECIFIED -> from;
                case DOCUMENT_FORMAT_TEXT, UNRECOGNIZED ->
                    throw new Refusal(
                        "InvalidDocumentContent", "a Command document is JSON or YAML");
              };
          return got(document, version)
              .setContent(
                  DocumentText.convert(new String(stored, StandardCharsets.UTF_8), from, to))
              .setDocumentFormat(DocumentFormat.valueOf("DOCUMENT_FORMAT_" + to))
              .build();
        });
  }

  @Override
  public void describeDocument(
      DescribeDocumentRequest request, StreamObserver<DescribeDocumentResponse> answer) {
    calls.query(
        answer,
        read ->
            DescribeDocumentResponse.newBuilder()
                .setDocument(
                    described(
                        read,
                        request.getName(),
                        request.getDocumentVersion(),
                        request.getVersionName()))
                .build());
  }

  @Override
  public void listDocuments(
      ListDocumentsRequest request, StreamObserver<ListDocumentsResponse> answer) {
    calls.query(
        answer,
        read -> {
          Filters filters =
              Filters.of(
                  request.getFiltersList(),
                  Set.of("Name", "Owner", "DocumentType", "PlatformTypes", "tag:"));
          Pages.Page<DocumentDescription> page =
              Pages.of(
                  request.getPageSize(),
                  request.getPageToken(),
                  (after, atMost) -> Documents.list(read, after, atMost),
                  Documents.Name::name,
                  row -> {
                    DocumentDescription description = described(read, row.name(), "", "");
                    return filters.holdAny(key -> DocumentForm.filtered(key, row, description))
                        ? Optional.of(description)
                        : Optional.empty();
                  });
          return ListDocumentsResponse.newBuilder()
              .addAllDocumentIdentifiers(page.items())
              .setNextPageToken(page.next())
              .build();
        });
  }

  @Override
  public void listDocumentVersions(
      ListDocumentVersionsRequest request, StreamObserver<ListDocumentVersionsResponse> answer) {
    calls.query(
        answer,
        read -> {
          Documents.Name document = DocumentForm.required(read, request.getName());
          Pages.Page<DocumentVersion> page =
              Pages.of(
                  request.getPageSize(),
                  request.getPageToken(),
                  (after, atMost) ->
                      Documents.versions(
                          read,
                          document.name(),
                          after.isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(after),
                          atMost),
                  row -> Integer.toString(row.version()),
                  row -> Optional.of(DocumentForm.listed(document, row)));
          return ListDocumentVersionsResponse.newBuilder()
              .addAllDocumentVersions(page.items())
              .setNextPageToken(page.next())
              .build();
        });
  }

  @Override
  public void deleteDocument(
      DeleteDocumentRequest request, StreamObserver<DeleteDocumentResponse> answer) {
    calls.mutate(
        "DeleteDocument",
        request,
        answer,
        write -> {
          Documents.Name document = DocumentForm.required(write.read(), request.getName());
          if (DocumentChecks.reserved(document.name())) {
            throw new Refusal("InvalidDocumentOperation", "built-in documents can't be deleted");
          }
          List<String> using = delete(write, document, request);
          write.append(
              "DocumentDeleted",
              List.of(document.name()),
              Map.of("version", request.getDocumentVersion()));
          consequences.documentChanged(write, document.name());
          DeleteDocumentResponse.Builder response = DeleteDocumentResponse.newBuilder();
          if (!using.isEmpty()) {
            response.addWarnings(
                Warning.newBuilder()
                    .setCode("AssociationsFail")
                    .setMessage("these can't run any more: " + told(using))
                    .setField("force"));
          }
          return new Calls.Done<>(response.build(), List.of(document.name()));
        });
  }

  @Override
  public void getCalendarState(
      GetCalendarStateRequest request, StreamObserver<GetCalendarStateResponse> answer) {
    calls.query(answer, read -> CalendarDocuments.state(read, request, clock.get()));
  }

  private static GetDocumentResponse.Builder got(
      Documents.Name document, Documents.Version version) {
    return GetDocumentResponse.newBuilder()
        .setName(document.name())
        .setDocumentVersion(version.version())
        .setDocumentType(DocumentType.valueOf("DOCUMENT_TYPE_" + document.type()))
        .setStatus("Active")
        .setVersionName(version.versionName());
  }

  /** Deletes all of it, or a version; the associations that need what is deleted. */
  private List<String> delete(Write write, Documents.Name document, DeleteDocumentRequest request) {
    if (request.getDocumentVersion().isEmpty()) {
      List<String> using = consequences.associationsUsing(write.read(), document.name());
      unused(request, "the document", using);
      Documents.delete(write, document.name());
      return using;
    }
    Documents.Version version =
        DocumentForm.version(write.read(), document, request.getDocumentVersion(), "");
    if (version.version() == document.defaultVersion()
        || version.version() == document.latestVersion()) {
      throw new Refusal(
          "InvalidDocumentOperation",
          "version "
              + version.version()
              + " is the default or the newest and can't be deleted; delete the document, or make"
              + " another the default");
    }
    List<String> using =
        consequences.associationsUsing(write.read(), document.name(), version.version());
    unused(request, "version " + version.version(), using);
    Documents.deleteVersion(write, document.name(), version.version());
    return using;
  }

  private static void unused(DeleteDocumentRequest request, String what, List<String> using) {
    if (!using.isEmpty() && !request.getForce()) {
      throw new Refusal(
          "AssociatedInstances",
          what
              + " is used by "
              + told(using)
              + ", as its own, as a calendar, or by a document that names it; delete or edit these"
              + " first, or set force");
    }
  }

  private static String told(List<String> using) {
    return using.stream().limit(TOLD_USERS).collect(Collectors.joining(", "))
        + (using.size() > TOLD_USERS ? " and " + (using.size() - TOLD_USERS) + " more" : "");
  }

  private static DocumentDescription described(
      Read read, String name, String selector, String versionName) {
    Documents.Name document = DocumentForm.required(read, name);
    return DocumentForm.describe(
        read, document, DocumentForm.version(read, document, selector, versionName));
  }
}
