package dev.holdfast.coordinator.admin;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.coordinator.trust.Role;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DocumentDescription;
import dev.holdfast.wire.v1.UpdateDocumentRequest;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The service of documents over a store, and users of documents as the test says. */
class DocumentRig {
  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  Estate estate;

  @SuppressWarnings("NullAway.Init") // set before each test
  GrpcDocuments service;

  final Users users = new Users();
  private long ids;

  @BeforeEach
  void open() {
    estate = new Estate(folder);
    service = new GrpcDocuments(new Calls(estate.store, () -> new UUID(0, ++ids)), users);
  }

  @AfterEach
  void close() {
    estate.close();
  }

  /** Who uses documents, as the test says; and what they were told. */
  static final class Users implements Consequences {
    List<String> all = List.of();
    List<String> ofVersion = List.of();
    final List<String> told = new ArrayList<>();

    @Override
    public void instanceChanged(Write write, InstanceId instance) {
      told.add("instance " + instance);
    }

    @Override
    public void documentChanged(Write write, String document, int acknowledged) {
      told.add(document + " acknowledged " + acknowledged);
    }

    @Override
    public void documentChanged(Write write, String document) {
      told.add(document);
    }

    @Override
    public void parameterChanged(Write write, String parameter, int acknowledged) {
      told.add("parameter " + parameter);
    }

    @Override
    public List<String> associationsUsing(Read read, String document) {
      return all;
    }

    @Override
    public List<String> associationsReferring(
        Read read, String parameter, Optional<Integer> version) {
      return List.of();
    }

    @Override
    public List<String> associationsUsing(Read read, String document, int version) {
      return ofVersion;
    }
  }

  static String text(String marker) {
    return "schemaVersion: \"2.2\"\ndescription: "
        + marker
        + "\nmainSteps:\n- action: aws:runShellScript\n  name: say\n  inputs:\n    runCommand:\n"
        + "    - echo hello\n";
  }

  static CreateDocumentRequest.Builder document(String name) {
    return CreateDocumentRequest.newBuilder().setName(name).setContent(text("one"));
  }

  <Q, P> P call(BiConsumer<Q, StreamObserver<P>> method, Q request) {
    List<P> answers = new ArrayList<>();
    as(() -> answers.add(Answer.of(method, request)));
    return answers.getFirst();
  }

  <Q, P> String refusal(BiConsumer<Q, StreamObserver<P>> method, Q request) {
    List<String> refusals = new ArrayList<>();
    as(() -> refusals.add(Answer.refusal(method, request)));
    return refusals.getFirst();
  }

  private static void as(Runnable work) {
    Context.current()
        .withValue(Caller.KEY, new Caller.Person("ann", Role.ADMIN, Optional.empty()))
        .run(work);
  }

  DocumentDescription create(String name) {
    return call(service::createDocument, document(name).build()).getDocumentDescription();
  }

  DocumentDescription update(String name, UnaryOperator<UpdateDocumentRequest.Builder> as) {
    return call(
            service::updateDocument,
            as.apply(UpdateDocumentRequest.newBuilder().setName(name).setContent(text("more")))
                .build())
        .getDocumentDescription();
  }

  String refusedUpdate(UnaryOperator<UpdateDocumentRequest.Builder> as) {
    return refusal(
        service::updateDocument,
        as.apply(UpdateDocumentRequest.newBuilder().setName("Doc").setContent(text("more")))
            .build());
  }

  static String brief(DocumentDescription one) {
    return one.getDocumentVersion()
        + " of "
        + one.getLatestVersion()
        + ", default "
        + one.getDefaultVersion();
  }
}
