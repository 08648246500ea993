package dev.holdfast.faults;

import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.DeleteAssociationRequest;
import dev.holdfast.wire.v1.DescribeAssociationRequest;
import dev.holdfast.wire.v1.ListAssociationVersionsRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Many edit, delete and start one association. */
final class Races implements Case {
  private static final int WRITERS = 16;

  @Override
  public String id() {
    return "Z06";
  }

  @Override
  public String claim() {
    return "of many who edit at once one wins each version, none is left out, and the agent ends"
        + " with the last; what is deleted is gone";
  }

  @Override
  public void run(Trial trial) throws Exception {
    int rounds = trial.scale().of(4, 60, 1_000);
    Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
    rig.createScript("nothing", List.of("true"));
    String instance = rig.enroll(Map.of("Team", "shop"));
    rig.startAgent();
    String association = AgentCases.associate(rig, instance, "nothing");
    Map<Integer, String> names = new TreeMap<>();
    try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < rounds; round++) {
        round(trial, rig, association, round, writers, names);
      }
      versions(trial, rig, association, names);
      trial.require(
          Field.await(
              Duration.ofMinutes(2),
              () -> LifeCases.held(rig, association, instance) == rounds + 1),
          "the agent holds version " + LifeCases.held(rig, association, instance));
      int deaths = trial.scale().of(3, 15, 100);
      for (int i = 0; i < deaths; i++) {
        deleted(trial, rig, instance, i, writers);
      }
    }
  }

  private static void round(
      Trial trial,
      Rig rig,
      String association,
      int round,
      ExecutorService writers,
      Map<Integer, String> names)
      throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    List<Future<String>> edits = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      String name = "round-" + round + "-writer-" + i;
      edits.add(
          writers.submit(
              () -> {
                start.await();
                try {
                  var answer =
                      rig.associations()
                          .updateAssociation(RightsCases.edit(association, round + 1, name))
                          .getAssociationDescription();
                  return answer.getAssociationVersion() + " " + name;
                } catch (StatusRuntimeException e) {
                  return e.getStatus().getCode().name();
                }
              }));
    }
    Future<Status> run =
        writers.submit(
            () -> {
              start.await();
              return People.status(() -> AgentCases.start(rig, association));
            });
    start.countDown();
    List<String> won = new ArrayList<>();
    for (Future<String> each : edits) {
      String answer = each.get();
      if (answer.contains(" ")) {
        won.add(answer);
      } else {
        trial.require(
            answer.equals("ABORTED") || answer.equals("FAILED_PRECONDITION"),
            "an edit that came too late is answered with " + answer);
        trial.count(Figure.REFUSED, 1);
      }
    }
    trial.count(Figure.FAULTS, WRITERS);
    trial.require(run.get().isOk(), "a run beside edits: " + run.get());
    trial.require(won.size() == 1, "of " + WRITERS + " these won: " + won);
    for (String one : won) {
      String[] words = one.split(" ");
      trial.require(words[0].equals(Integer.toString(round + 2)), "the version is " + words[0]);
      names.put(round + 2, words[1]);
    }
  }

  private static void versions(
      Trial trial, Rig rig, String association, Map<Integer, String> names) {
    Map<Integer, String> there = new TreeMap<>();
    String page = "";
    do {
      var answer =
          rig.associations()
              .listAssociationVersions(
                  ListAssociationVersionsRequest.newBuilder()
                      .setAssociationId(association)
                      .setPageSize(100)
                      .setPageToken(page)
                      .build());
      answer
          .getAssociationVersionsList()
          .forEach(
              each ->
                  there.put(
                      each.getAssociationVersion(), each.getAssociation().getAssociationName()));
      page = answer.getNextPageToken();
    } while (!page.isEmpty());
    // The oldest may have been let go of; what is kept is without gaps, and is what was answered.
    there.remove(1);
    int newest = names.size() + 1;
    trial.require(
        names.entrySet().containsAll(there.entrySet())
            && there.containsKey(newest)
            && there.size() >= Math.min(names.size(), 100),
        "answered were " + names + ", and there are " + there);
    trial.figure(Figure.STORED, there.size());
  }

  private static boolean holds(Rig rig, String association) {
    return Field.status(rig.folder(), rig.state()).contains(association);
  }

  /** Deleted while others edit and start it. */
  private static void deleted(
      Trial trial, Rig rig, String instance, int number, ExecutorService writers) throws Exception {
    String association = AgentCases.associate(rig, instance, "nothing");
    CountDownLatch start = new CountDownLatch(1);
    List<Future<Status>> all = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      int kind = i % 3;
      String name = "dying-" + number + "-" + i;
      all.add(
          writers.submit(
              () -> {
                start.await();
                return People.status(
                    () ->
                        switch (kind) {
                          case 0 ->
                              rig.associations()
                                  .deleteAssociation(
                                      DeleteAssociationRequest.newBuilder()
                                          .setAssociationId(association)
                                          .build());
                          case 1 ->
                              rig.associations()
                                  .updateAssociation(RightsCases.edit(association, 0, name));
                          default -> AgentCases.start(rig, association);
                        });
              }));
    }
    start.countDown();
    int deletions = 0;
    for (int i = 0; i < WRITERS; i++) {
      Status status = all.get(i).get();
      trial.count(Figure.FAULTS, 1);
      trial.require(
          status.isOk() || status.getCode() == Status.Code.NOT_FOUND,
          "beside a deletion: " + status);
      deletions += i % 3 == 0 && status.isOk() ? 1 : 0;
    }
    trial.require(deletions == 1, deletions + " deleted it");
    trial.require(
        People.status(
                    () ->
                        rig.associations()
                            .describeAssociation(
                                DescribeAssociationRequest.newBuilder()
                                    .setAssociationId(association)
                                    .build()))
                .getCode()
            == Status.Code.NOT_FOUND,
        "it is still there");
    trial.require(
        Field.await(Duration.ofSeconds(60), () -> !holds(rig, association)),
        "the agent still holds what was deleted");
  }
}
