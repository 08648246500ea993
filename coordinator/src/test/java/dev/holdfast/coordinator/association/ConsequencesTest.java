package dev.holdfast.coordinator.association;

import dev.holdfast.wire.v1.Association;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What changes of that on which an association rests do: one row a kind of change. */
final class ConsequencesTest {
  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Fleet fleet;

  @BeforeEach
  void open() {
    fleet = new Fleet(folder, 100);
  }

  @AfterEach
  void close() {
    fleet.close();
  }

  private static final String PENDING = "Pending/Scheduled";
  private static final String SUPERSEDED = "Skipped/Superseded";

  @TestFactory
  List<DynamicTest> whatOtherChangesRun() {
    List<EditRow> rows = rows();
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      EditRow row = rows.get(i);
      int number = i;
      tests.add(DynamicTest.dynamicTest(row.name(), () -> row.check(fleet, number)));
    }
    return tests;
  }

  private static EditRow outside(
      String name,
      UnaryOperator<Association.Builder> given,
      Consumer<EditScene> edit,
      List<String> runs,
      String members,
      List<String> events,
      String created,
      String audit) {
    return new EditRow(name, given, edit, runs, members, events, 0, created, false, audit);
  }

  private static List<EditRow> rows() {
    UnaryOperator<Association.Builder> same = b -> b;
    List<String> nothing = List.of();
    List<String> changed = List.of("change AB");
    return List.of(
        outside(
            "the document's default moved",
            same,
            scene -> scene.moveDefault(2),
            changed,
            "AB",
            List.of("DocumentDefaultMoved", "RevisionChanged", "ExecutionStarted"),
            SUPERSEDED,
            "UpdateDocumentDefaultVersion"),
        outside(
            "the document's default moved, only at ticks",
            b -> b.setApplyOnlyAtCronInterval(true),
            scene -> scene.moveDefault(2),
            nothing,
            "AB",
            List.of("DocumentDefaultMoved", "RevisionChanged"),
            "",
            "UpdateDocumentDefaultVersion"),
        outside(
            "a new version of the document",
            same,
            scene -> scene.newVersion("third"),
            nothing,
            "AB",
            List.of("DocumentUpdated"),
            PENDING,
            "UpdateDocument"),
        outside(
            "a new version of a document whose newest is followed",
            b -> b.setDocumentVersion("$LATEST"),
            scene -> scene.newVersion("third"),
            changed,
            "AB",
            List.of("DocumentUpdated", "RevisionChanged", "ExecutionStarted"),
            SUPERSEDED,
            "UpdateDocument"),
        outside(
            "the document deleted all the same",
            same,
            EditScene::deleteDocument,
            changed,
            "AB",
            List.of("DocumentDeleted", "RevisionChanged", "ExecutionStarted"),
            SUPERSEDED,
            "DeleteDocument"),
        outside(
            "a stored parameter's value",
            same,
            scene -> scene.put("two"),
            changed,
            "AB",
            List.of("ParameterPut", "RevisionChanged", "ExecutionStarted"),
            SUPERSEDED,
            "PutParameter"),
        outside(
            "a stored parameter's value put again",
            same,
            scene -> scene.put("one"),
            nothing,
            "AB",
            List.of("ParameterPut"),
            PENDING,
            "PutParameter"),
        outside(
            "a stored parameter's value that is disabled",
            b -> b.setEnabled(false),
            scene -> scene.put("two"),
            nothing,
            "AB",
            List.of("ParameterPut", "RevisionChanged"),
            "",
            "PutParameter"),
        outside(
            "a tag that names another instance",
            same,
            scene -> scene.tag(scene.c),
            List.of("enter C"),
            "ABC",
            List.of("InstanceTagged", "ExecutionStarted"),
            PENDING,
            "AddTagsToResource"),
        outside(
            "a tag that names another instance, only at ticks",
            b -> b.setApplyOnlyAtCronInterval(true),
            scene -> scene.tag(scene.c),
            nothing,
            "ABC",
            List.of("InstanceTagged"),
            "",
            "AddTagsToResource"),
        outside(
            "a tag of a member that says the same",
            same,
            scene -> scene.tag(scene.a),
            nothing,
            "AB",
            List.of(),
            PENDING,
            "AddTagsToResource"),
        outside(
            "a tag taken away",
            same,
            scene -> {
              scene.untag(scene.a);
              scene.untag(scene.b);
            },
            nothing,
            "",
            List.of("InstanceTagged", "InstanceTagged"),
            "Skipped/NotTargeted",
            "RemoveTagsFromResource"),
        outside(
            "instances deregistered",
            same,
            scene -> {
              scene.deregister(scene.a);
              scene.deregister(scene.b);
            },
            nothing,
            "",
            List.of("InstanceDeregistered", "InstanceDeregistered"),
            "Skipped/NotTargeted",
            "DeregisterManagedInstance"),
        outside(
            "deleted",
            same,
            EditScene::delete,
            nothing,
            "",
            List.of("AssociationDeleted"),
            "Skipped/AssociationDeleted",
            "DeleteAssociation"));
  }
}
