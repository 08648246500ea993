package dev.holdfast.faults;

import com.google.protobuf.FieldMask;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.holdfast.system.Launched;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationServiceGrpc;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.CreateTokenRequest;
import dev.holdfast.wire.v1.DeleteRoleBindingRequest;
import dev.holdfast.wire.v1.Event;
import dev.holdfast.wire.v1.EventServiceGrpc;
import dev.holdfast.wire.v1.PutRoleBindingRequest;
import dev.holdfast.wire.v1.RevokeTokenRequest;
import dev.holdfast.wire.v1.StartAssociationsOnceRequest;
import dev.holdfast.wire.v1.Target;
import dev.holdfast.wire.v1.TokenServiceGrpc;
import dev.holdfast.wire.v1.UpdateAssociationRequest;
import dev.holdfast.wire.v1.WatchRequest;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** People who want to be more than they are. */
final class RightsCases {
  private RightsCases() {}

  static List<Case> all() {
    return List.of(new Escalation());
  }

  /** Somebody tries to get more. */
  static final class Escalation implements Case {
    private static final Duration SOON = Duration.ofSeconds(10);

    @Override
    public String id() {
      return "Z03";
    }

    @Override
    public String claim() {
      return "nobody makes themselves more than they are, and a stream ends within 10 s of the"
          + " token that opened it";
    }

    @Override
    public void run(Trial trial) throws Exception {
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      rig.createScript("nothing", List.of("true"));
      climbing(trial, rig);
      inherited(trial, rig);
      int rounds = trial.scale().of(1, 4, 20);
      for (int round = 0; round < rounds; round++) {
        streams(trial, rig, round);
      }
    }

    private static void climbing(Trial trial, Rig rig) {
      People people = new People(rig);
      String security = people.token("security", "security", "");
      var tokens = People.as(TokenServiceGrpc.newBlockingStub(rig.channel()), security);
      for (String role : List.of("admin", "operator", "author", "assigner")) {
        denied(trial, "minting " + role, () -> tokens.createToken(token("new-" + role, role, "")));
        denied(
            trial,
            "binding oneself as " + role,
            () -> tokens.putRoleBinding(binding("security", role)));
      }
      denied(
          trial,
          "a token that outlives its maker",
          () -> tokens.createToken(token("longer", "security", "90d")));
      denied(
          trial,
          "revoking the admin",
          () -> tokens.revokeToken(RevokeTokenRequest.newBuilder().setName("admin").build()));
      denied(trial, "unbinding the admin", () -> tokens.putRoleBinding(binding("admin", "viewer")));
      var _ = tokens.createToken(token("helper", "viewer", ""));
      denied(
          trial,
          "binding a helper as admin",
          () -> tokens.putRoleBinding(binding("helper", "admin")));
      Struct shop =
          Struct.newBuilder()
              .putFields("Team", Value.newBuilder().setStringValue("shop").build())
              .build();
      String scoped = people.scoped("scoped", "security", shop);
      var theirs = People.as(TokenServiceGrpc.newBlockingStub(rig.channel()), scoped);
      denied(
          trial,
          "minting beyond the scope",
          () -> theirs.createToken(token("beyond", "viewer", "")));
      denied(
          trial,
          "unbinding oneself",
          () ->
              theirs.deleteRoleBinding(
                  DeleteRoleBindingRequest.newBuilder()
                      .setPrincipal("scoped")
                      .setRole("security")
                      .setTagScope(shop)
                      .build()));
      String author = people.token("author", "author", "");
      var associations = People.as(AssociationServiceGrpc.newBlockingStub(rig.channel()), author);
      denied(trial, "an author's association", () -> associations.createAssociation(create()));
      String made =
          rig.associations()
              .createAssociation(create())
              .getAssociationDescription()
              .getAssociationId();
      denied(
          trial, "an author's edit", () -> associations.updateAssociation(edit(made, 0, "other")));
      denied(
          trial,
          "an author's run",
          () ->
              associations.startAssociationsOnce(
                  StartAssociationsOnceRequest.newBuilder().addAssociationIds(made).build()));
    }

    /** Whoever gets a name that was somebody's gets nothing of what that one had. */
    private static void inherited(Trial trial, Rig rig) {
      People people = new People(rig);
      CreateAssociationRequest once = create().toBuilder().setClientToken("once").build();
      String first = people.token("name", "admin", "");
      String made =
          People.as(AssociationServiceGrpc.newBlockingStub(rig.channel()), first)
              .createAssociation(once)
              .getAssociationDescription()
              .getAssociationId();
      people.revoke("name");
      String second = people.token("name", "viewer", "");
      var associations = People.as(AssociationServiceGrpc.newBlockingStub(rig.channel()), second);
      denied(trial, "the same call by the same name", () -> associations.createAssociation(once));
      people.revoke("name");
      String third = people.token("name", "assigner", "");
      String again =
          People.as(AssociationServiceGrpc.newBlockingStub(rig.channel()), third)
              .createAssociation(once)
              .getAssociationDescription()
              .getAssociationId();
      trial.require(!again.equals(made), "another of that name gets the first one's answer");
      denied(
          trial,
          "a token that was revoked",
          () ->
              People.as(AssociationServiceGrpc.newBlockingStub(rig.channel()), first)
                  .createAssociation(once));
    }

    private static void streams(Trial trial, Rig rig, int round) throws Exception {
      People people = new People(rig);
      Map<String, Callable<?>> ends = new TreeMap<>();
      String revoked = "revoked-" + round;
      String local = "local-" + round;
      String bound = "bound-" + round;
      ends.put(revoked, () -> status(() -> revoke(rig, revoked)));
      ends.put(
          local,
          () ->
              Launched.run(
                  trial.folder(),
                  "holdfast-coordinator",
                  List.of("token", "revoke", local, "--data", rig.data().toString()),
                  0));
      ends.put(
          bound,
          () ->
              TokenServiceGrpc.newBlockingStub(rig.channel())
                  .withCallCredentials(rig.token())
                  .putRoleBinding(
                      binding(bound, "viewer").toBuilder()
                          .setTagScope(
                              Struct.newBuilder()
                                  .putFields(
                                      "Team", Value.newBuilder().setStringValue("x").build()))
                          .build()));
      for (Map.Entry<String, Callable<?>> end : ends.entrySet()) {
        String token = people.token(end.getKey(), "viewer", "");
        CompletableFuture<Status> over = watch(rig, token);
        var _ = end.getValue().call();
        over(trial, end.getKey(), over);
      }
      over(trial, "one that expires", watch(rig, people.token("short-" + round, "viewer", "2s")));
    }

    private static Object revoke(Rig rig, String name) {
      new People(rig).revoke(name);
      return name;
    }

    /** An open stream of events, which has said something. */
    private static CompletableFuture<Status> watch(Rig rig, String token) throws Exception {
      CompletableFuture<Status> over = new CompletableFuture<>();
      CountDownLatch heard = new CountDownLatch(1);
      EventServiceGrpc.newStub(rig.channel())
          .withCallCredentials(new dev.holdfast.system.Bearer(token))
          .watch(
              WatchRequest.getDefaultInstance(),
              new StreamObserver<Event>() {
                @Override
                public void onNext(Event event) {
                  heard.countDown();
                }

                @Override
                public void onError(Throwable failure) {
                  over.complete(Status.fromThrowable(failure));
                }

                @Override
                public void onCompleted() {
                  over.complete(Status.OK);
                }
              });
      if (!heard.await(20, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the stream says nothing: " + over.getNow(Status.UNKNOWN));
      }
      return over;
    }

    private static void over(Trial trial, String what, CompletableFuture<Status> over)
        throws Exception {
      long began = System.nanoTime();
      trial.count(Figure.FAULTS, 1);
      try {
        Status status = over.get(40, TimeUnit.SECONDS);
        double seconds = (System.nanoTime() - began) / 1e9;
        trial.largest(Figure.RECOVERY, seconds);
        trial.requireInTime(
            seconds <= SOON.toSeconds(), "the stream of " + what + " ended after " + seconds);
        trial.require(
            status.getCode() == Status.Code.UNAUTHENTICATED,
            "the stream of " + what + " ended with " + status);
      } catch (TimeoutException e) {
        trial.require(false, "the stream of " + what + " goes on");
      }
    }

    private static void denied(Trial trial, String what, Supplier<?> call) {
      Status status = People.status(call);
      trial.count(Figure.REFUSED, 1);
      trial.require(
          status.getCode() == Status.Code.PERMISSION_DENIED
              || (what.contains("revoked") && status.getCode() == Status.Code.UNAUTHENTICATED),
          what + ": " + status);
    }

    private static Status status(Supplier<?> call) {
      return People.status(call);
    }

    private static CreateTokenRequest token(String name, String role, String life) {
      return CreateTokenRequest.newBuilder().setName(name).setRole(role).setTtl(life).build();
    }

    private static PutRoleBindingRequest binding(String principal, String role) {
      return PutRoleBindingRequest.newBuilder().setPrincipal(principal).setRole(role).build();
    }
  }

  private static CreateAssociationRequest create() {
    return CreateAssociationRequest.newBuilder()
        .setAssociation(
            Association.newBuilder()
                .setName("nothing")
                .addTargets(Target.newBuilder().setKey("tag:Team").addValues("shop")))
        .build();
  }

  /** A new name of an association, if its version is that; 0: whichever it is. */
  static UpdateAssociationRequest edit(String association, int expected, String name) {
    return UpdateAssociationRequest.newBuilder()
        .setAssociationId(association)
        .setExpectedVersion(expected)
        .setUpdateMask(FieldMask.newBuilder().addPaths("association_name"))
        .setAssociation(Association.newBuilder().setAssociationName(name))
        .build();
  }
}
