package dev.holdfast.faults;

import com.google.protobuf.FieldMask;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.ActivationServiceGrpc;
import dev.holdfast.wire.v1.AddTagsToResourceRequest;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationServiceGrpc;
import dev.holdfast.wire.v1.BanInstanceRequest;
import dev.holdfast.wire.v1.ClearFreezeRequest;
import dev.holdfast.wire.v1.CreateActivationRequest;
import dev.holdfast.wire.v1.CreateTokenRequest;
import dev.holdfast.wire.v1.InstanceServiceGrpc;
import dev.holdfast.wire.v1.ListTokensRequest;
import dev.holdfast.wire.v1.ParameterServiceGrpc;
import dev.holdfast.wire.v1.PutParameterRequest;
import dev.holdfast.wire.v1.ResourceType;
import dev.holdfast.wire.v1.RevokeTokenRequest;
import dev.holdfast.wire.v1.SetFreezeRequest;
import dev.holdfast.wire.v1.TokenServiceGrpc;
import dev.holdfast.wire.v1.UnbanInstanceRequest;
import dev.holdfast.wire.v1.UpdateAssociationRequest;
import io.grpc.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What was done, and by whom: whole, or found not to be. */
final class AuditCases {
  private AuditCases() {}

  static List<Case> all() {
    return List.of(new Trail());
  }

  /** Rows of the audit trail that should be there, are changed, or can't be written. */
  static final class Trail implements Case {
    @Override
    public String id() {
      return "Z07";
    }

    @Override
    public String claim() {
      return "each change is one row of the audit trail, a row that was touched is named, and"
          + " nothing changes of which no row can be written";
    }

    @Override
    public void run(Trial trial) throws Exception {
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      rig.createScript("nothing", List.of("true"));
      HandMade agent = Field.handMade(trial, rig);
      String association = AgentCases.associate(rig, agent.instance(), "nothing");
      int rounds = trial.scale().of(1, 5, 50);
      for (int round = 0; round < rounds; round++) {
        rows(trial, rig, changes(trial, rig, agent.instance(), association, round));
        unwritable(trial, rig, agent.instance(), association, round);
        touched(trial, rig);
      }
      full(trial);
    }

    /** Changes of all kinds, by what the audit trail calls them. */
    private static Map<String, Supplier<?>> changes(
        Trial trial, Rig rig, String instance, String association, int round) {
      var tokens = TokenServiceGrpc.newBlockingStub(rig.channel()).withCallCredentials(rig.token());
      var instances =
          InstanceServiceGrpc.newBlockingStub(rig.channel()).withCallCredentials(rig.token());
      var associations =
          AssociationServiceGrpc.newBlockingStub(rig.channel()).withCallCredentials(rig.token());
      Map<String, Supplier<?>> changes = new LinkedHashMap<>();
      String name = "n" + round + "-" + trial.random().nextInt(1_000_000);
      changes.put(
          "CreateToken",
          () ->
              tokens.createToken(
                  CreateTokenRequest.newBuilder().setName(name).setRole("viewer").build()));
      changes.put(
          "RevokeToken",
          () -> tokens.revokeToken(RevokeTokenRequest.newBuilder().setName(name).build()));
      changes.put(
          "CreateActivation",
          () ->
              ActivationServiceGrpc.newBlockingStub(rig.channel())
                  .withCallCredentials(rig.token())
                  .createActivation(CreateActivationRequest.getDefaultInstance()));
      changes.put(
          "PutParameter",
          () ->
              ParameterServiceGrpc.newBlockingStub(rig.channel())
                  .withCallCredentials(rig.token())
                  .putParameter(
                      PutParameterRequest.newBuilder().setName("/" + name).setValue("x").build()));
      changes.put(
          "UpdateAssociation",
          () ->
              associations.updateAssociation(
                  UpdateAssociationRequest.newBuilder()
                      .setAssociationId(association)
                      .setUpdateMask(FieldMask.newBuilder().addPaths("association_name"))
                      .setAssociation(Association.newBuilder().setAssociationName(name))
                      .build()));
      changes.put("StartAssociationsOnce", () -> AgentCases.start(rig, association));
      changes.put(
          "SetFreeze",
          () -> associations.setFreeze(SetFreezeRequest.newBuilder().setReason(name).build()));
      changes.put(
          "ClearFreeze", () -> associations.clearFreeze(ClearFreezeRequest.getDefaultInstance()));
      changes.put(
          "AddTagsToResource",
          () ->
              instances.addTagsToResource(
                  AddTagsToResourceRequest.newBuilder()
                      .setResourceType(ResourceType.RESOURCE_TYPE_MANAGED_INSTANCE)
                      .setResourceId(instance)
                      .putTags("Round", name)
                      .build()));
      changes.put(
          "BanInstance",
          () ->
              instances.banInstance(
                  BanInstanceRequest.newBuilder().setInstanceId(instance).setReason(name).build()));
      changes.put(
          "UnbanInstance",
          () ->
              instances.unbanInstance(
                  UnbanInstanceRequest.newBuilder().setInstanceId(instance).build()));
      return changes;
    }

    private static void rows(Trial trial, Rig rig, Map<String, Supplier<?>> changes) {
      Path database = rig.data().resolve("holdfast.db");
      changes.forEach(
          (method, change) -> {
            long before = Rows.count(database, "audit");
            Status status = People.status(change);
            trial.require(status.isOk(), method + ": " + status);
            trial.require(
                Rows.count(database, "audit") == before + 1,
                method + " is " + (Rows.count(database, "audit") - before) + " rows");
            var newest = Field.audit(rig, method).getFirst();
            trial.require(
                newest.getDecision().equals("ALLOWED")
                    && newest.getUsername().equals("admin")
                    && !newest.getEventSource().isEmpty(),
                method + " is told as " + newest);
            trial.count(Figure.STORED, 1);
          });
      long before = Rows.count(database, "audit");
      var tokens = TokenServiceGrpc.newBlockingStub(rig.channel()).withCallCredentials(rig.token());
      trial.require(
          People.status(() -> tokens.createToken(CreateTokenRequest.getDefaultInstance())).getCode()
                  == Status.Code.INVALID_ARGUMENT
              && Rows.count(database, "audit") == before,
          "what was not valid is in the audit trail");
    }

    /** The trail takes no row: neither does anything else. */
    private static void unwritable(
        Trial trial, Rig rig, String instance, String association, int round) {
      Path database = rig.data().resolve("holdfast.db");
      Rows.tamper(
          database,
          "CREATE TRIGGER no_more BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END");
      try {
        String before = state(rig);
        changes(trial, rig, instance, association, round + 1_000)
            .forEach(
                (method, change) -> {
                  Status status = People.status(change);
                  trial.count(Figure.FAULTS, 1);
                  // What takes something back finds that there is nothing to take back.
                  trial.require(!status.isOk(), method + " is done without a row");
                  trial.count(Figure.REFUSED, 1);
                });
        trial.require(
            Shell.works(
                    trial.folder(),
                    List.of(
                        System.getProperty("holdfast.root") + "/packaging/bin/holdfast-coordinator",
                        "token",
                        "create",
                        "--role",
                        "admin",
                        "--name",
                        "unseen",
                        "--data",
                        rig.data().toString()))
                == false,
            "a token is made on the machine itself without a row");
        trial.require(before.equals(state(rig)), "something has changed without a row");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        Rows.tamper(database, "DROP TRIGGER no_more");
      }
    }

    /** What changes would have changed. */
    private static String state(Rig rig) {
      Path database = rig.data().resolve("holdfast.db");
      StringBuilder state = new StringBuilder();
      for (String table :
          List.of(
              "token",
              "activation",
              "parameter",
              "association_version",
              "execution",
              "freeze",
              "log",
              "audit")) {
        state.append(table).append(' ').append(Rows.count(database, table)).append('\n');
      }
      TokenServiceGrpc.newBlockingStub(rig.channel())
          .withCallCredentials(rig.token())
          .listTokens(ListTokensRequest.newBuilder().setPageSize(100).build())
          .getTokensList()
          .forEach(token -> state.append(token.getName()).append(token.getGood()).append('\n'));
      Field.instances(rig)
          .forEach(each -> state.append(each.getState()).append(each.getTagsMap()).append('\n'));
      return state.toString();
    }

    /** Somebody who can write the database changes what was. */
    private static void touched(Trial trial, Rig rig) throws Exception {
      Path database = rig.data().resolve("holdfast.db");
      Shell.Ran well = StringCases.Strings.check(trial, rig);
      trial.require(well.exitCode() == 0, "before anything was touched: " + well.said());
      long sequence = 2 + trial.random().nextLong(Rows.count(database, "audit") - 3);
      String where = " WHERE sequence = " + sequence;
      for (String column : List.of("principal", "resources", "decision", "request", "method")) {
        Rows.tamper(database, "CREATE TABLE kept AS SELECT * FROM audit" + where);
        Rows.tamper(database, "UPDATE audit SET " + column + " = " + column + " || 'x'" + where);
        named(trial, rig, column, sequence);
        Rows.tamper(
            database,
            "UPDATE audit SET %s = (SELECT %s FROM kept)%s".formatted(column, column, where));
        Rows.tamper(database, "DROP TABLE kept");
      }
      Rows.tamper(database, "CREATE TABLE kept AS SELECT * FROM audit" + where);
      Rows.tamper(database, "DELETE FROM audit" + where);
      named(trial, rig, "all of it", sequence);
      Rows.tamper(database, "INSERT INTO audit SELECT * FROM kept");
      Rows.tamper(database, "DROP TABLE kept");
      Shell.Ran again = StringCases.Strings.check(trial, rig);
      trial.require(again.exitCode() == 0, "after all was put back: " + again.said());
    }

    private static void named(Trial trial, Rig rig, String column, long sequence) throws Exception {
      Shell.Ran check = StringCases.Strings.check(trial, rig);
      trial.count(Figure.FAULTS, 1);
      trial.require(
          check.exitCode() == 1 && check.said().matches("(?s).*\\b" + sequence + "\\b.*"),
          column + " of row " + sequence + " was touched; check says " + check.said());
    }

    /** No space for the row. */
    private static void full(Trial trial) throws Exception {
      if (!Volume.possible(trial.folder())) {
        trial.note("full-disk", "not tried: nothing can be mounted here");
        return;
      }
      Path data = Files.createTempDirectory(trial.folder(), "data");
      var _ = trial.closing(Volume.small(trial.folder(), data, "size=48m"));
      Rig rig = trial.closing(new Rig(data));
      rig.startCoordinator();
      String before = state(rig);
      var tokens = TokenServiceGrpc.newBlockingStub(rig.channel()).withCallCredentials(rig.token());
      Shell.run(
          data,
          Duration.ofSeconds(20),
          List.of("dd", "if=/dev/zero", "of=" + data.resolve("filler"), "bs=4k"));
      // The log of the store may have room left from before; until that is full too, changes go.
      int made = 0;
      Status status = Status.OK;
      while (status.isOk() && made < 20_000) {
        String name = "full-" + made;
        status =
            People.status(
                () ->
                    tokens.createToken(
                        CreateTokenRequest.newBuilder().setName(name).setRole("viewer").build()));
        made += status.isOk() ? 1 : 0;
      }
      trial.require(
          status.getCode() == Status.Code.UNAVAILABLE, "with a full disk: " + status + made);
      trial.note("made-before-full", made);
      Files.delete(data.resolve("filler"));
      trial.require(
          Field.await(
              Duration.ofSeconds(60),
              () ->
                  People.status(
                          () ->
                              tokens.createToken(
                                  CreateTokenRequest.newBuilder()
                                      .setName("after")
                                      .setRole("viewer")
                                      .build()))
                      .isOk()),
          "it does not go on with space again");
      long created =
          Field.audit(rig, "CreateToken").stream()
              .filter(event -> event.getUsername().equals("admin"))
              .count();
      trial.require(
          created == made + 1, made + 1 + " were made, and " + created + " are in the trail");
      trial.require(!before.equals(state(rig)), "nothing was made");
      trial.require(StringCases.Strings.check(trial, rig).exitCode() == 0, "check finds fault");
      trial.require(rig.coordinator().stop() == 0, "it does not stop");
    }
  }
}
