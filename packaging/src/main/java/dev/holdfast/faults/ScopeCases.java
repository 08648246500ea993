package dev.holdfast.faults;

import com.google.protobuf.Message;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationServiceGrpc;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.DescribeAssociationExecutionsRequest;
import dev.holdfast.wire.v1.DescribeInstanceInformationRequest;
import dev.holdfast.wire.v1.Event;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.GetInventoryRequest;
import dev.holdfast.wire.v1.InstanceServiceGrpc;
import dev.holdfast.wire.v1.InventoryAggregator;
import dev.holdfast.wire.v1.InventoryServiceGrpc;
import dev.holdfast.wire.v1.PlanAssociationRequest;
import dev.holdfast.wire.v1.StartAssociationsOnceRequest;
import dev.holdfast.wire.v1.Target;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Those who may see and touch a part of the fleet. */
final class ScopeCases {
  private ScopeCases() {}

  static List<Case> all() {
    return List.of(new Scope());
  }

  /** A team's people ask after everything. */
  static final class Scope implements Case {
    private static final List<String> ROLES =
        List.of("viewer", "operator", "assigner", "security", "admin");

    @Override
    public String id() {
      return "Z04";
    }

    @Override
    public String claim() {
      return "whoever has a scope learns nothing of what is outside, no count either, and touches"
          + " nothing there";
    }

    private record Asked(String what, MethodDescriptor<?, ?> method, Message request) {}

    @Override
    public void run(Trial trial) throws Exception {
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      rig.createScript("nothing", List.of("true"));
      Team shop = new Team(trial, rig, "shop");
      Team bank = new Team(trial, rig, "bank");
      String everywhere = everywhere(rig);
      for (Team team : List.of(shop, bank)) {
        team.join();
        team.associate();
        team.join();
      }
      People people = new People(rig);
      Map<String, String> tokens = new TreeMap<>();
      for (String role : ROLES) {
        tokens.put(role, people.scoped("shop-" + role, role, shop.scope()));
        var _ = people.scoped("bank-" + role, role, bank.scope());
      }
      List<Asked> questions = questions(rig, everywhere, shop, bank);
      Map<String, String> before = answers(trial, rig, tokens, questions, bank);
      trial.note("answers", before.size());
      trial.require(
          before.values().stream().anyMatch(text -> text.contains(shop.instance())),
          "they do not see what is theirs");
      int rounds = trial.scale().of(1, 3, 10);
      for (int round = 0; round < rounds; round++) {
        bank.join();
        AgentCases.start(rig, bank.association());
        trial.count(Figure.FAULTS, 1);
        Map<String, String> after = answers(trial, rig, tokens, questions, bank);
        before.forEach(
            (what, text) ->
                trial.require(
                    text.equals(after.get(what)),
                    what
                        + " tells that there is more elsewhere:\n"
                        + text
                        + "\n->\n"
                        + after.get(what)));
      }
      attempts(trial, rig, tokens, everywhere, bank);
      targets(trial, rig, tokens, shop);
      cursor(trial, rig, tokens);
    }

    private static String everywhere(Rig rig) {
      return rig.associations()
          .createAssociation(
              CreateAssociationRequest.newBuilder()
                  .setAcknowledgeTargets(100)
                  .setAssociation(
                      Association.newBuilder()
                          .setName("nothing")
                          .setAssociationName("everywhere")
                          .addTargets(Target.newBuilder().setKey("InstanceIds").addValues("*")))
                  .build())
          .getAssociationDescription()
          .getAssociationId();
    }

    private static Asked asked(String what, MethodDescriptor<?, ?> method, Message request) {
      return new Asked(what, method, request);
    }

    /** All that reads, with nothing asked for in particular; and some of it with more. */
    private static List<Asked> questions(Rig rig, String everywhere, Team shop, Team bank) {
      List<Asked> questions = new ArrayList<>();
      for (var method : Methods.all(rig.channel(), Methods.token(rig))) {
        String name = method.getBareMethodName() + "";
        boolean reads = name.matches("(List|Describe|Get|Export|Watch|Plan|Explain).*");
        boolean ours = method.getFullMethodName().startsWith("holdfast.v1.");
        if (reads && ours && !name.equals("ListTokens")) {
          questions.add(asked(name, method, Methods.empty(method)));
        }
      }
      var plan = PlanAssociationRequest.newBuilder();
      plan.getAssociationBuilder()
          .setName("nothing")
          .addTargets(Target.newBuilder().setKey("InstanceIds").addValues("*"));
      questions.add(
          asked("a plan for all", AssociationServiceGrpc.getPlanAssociationMethod(), plan.build()));
      for (String association : List.of(everywhere, shop.association(), bank.association())) {
        questions.add(
            asked(
                "executions of " + association,
                AssociationServiceGrpc.getDescribeAssociationExecutionsMethod(),
                DescribeAssociationExecutionsRequest.newBuilder()
                    .setAssociationId(association)
                    .build()));
      }
      questions.add(
          asked(
              "counts of an attribute",
              InventoryServiceGrpc.getGetInventoryMethod(),
              GetInventoryRequest.newBuilder()
                  .addAggregators(
                      InventoryAggregator.newBuilder().setExpression("Custom:Canary.Name"))
                  .build()));
      for (String value : List.of("canary-bank", "canary-shop", "canary")) {
        questions.add(
            asked(
                "inventory by the value " + value,
                InventoryServiceGrpc.getGetInventoryMethod(),
                GetInventoryRequest.newBuilder()
                    .addFilters(
                        Filter.newBuilder()
                            .setKey("Custom:Canary.Name")
                            .addValues(value)
                            .setOperatorValue(value.equals("canary") ? 3 : 1))
                    .build()));
      }
      questions.add(
          asked(
              "instances by the tag of others",
              InstanceServiceGrpc.getDescribeInstanceInformationMethod(),
              DescribeInstanceInformationRequest.newBuilder()
                  .addFilters(Filter.newBuilder().setKey("tag:Team").addValues("bank"))
                  .build()));
      return questions;
    }

    private static Map<String, String> answers(
        Trial trial, Rig rig, Map<String, String> tokens, List<Asked> questions, Team bank) {
      Map<String, String> answers = new TreeMap<>();
      tokens.forEach(
          (role, token) -> {
            for (Asked asked : questions) {
              Methods.Answer answer =
                  Methods.call(
                      rig.channel(),
                      Methods.ofMessages(asked.method),
                      asked.request,
                      People.as(token),
                      java.time.Duration.ofSeconds(1));
              StringBuilder text = new StringBuilder(answer.status().getCode().toString());
              answer.messages().stream()
                  .filter(message -> !presence(message)) // it comes when it comes
                  .forEach(message -> text.append('\n').append(Told.text(message)));
              String said = answer.status() + "\n" + text;
              // What was asked for may be named again.
              String heard = said.replace(Told.text(asked.request), "");
              List<String> marks = new ArrayList<>(bank.ids());
              marks.add("bank");
              for (String mark : marks) {
                trial.require(
                    !heard.contains(mark) || asked.request.toString().contains(mark),
                    role + " is told of " + mark + " by " + asked.what + ": " + said);
              }
              answers.put(role + ": " + asked.what, text.toString());
            }
          });
      return answers;
    }

    private static boolean presence(Message message) {
      return message instanceof Event event && event.getType().equals("InstancePresenceChanged");
    }

    private static void attempts(
        Trial trial, Rig rig, Map<String, String> tokens, String everywhere, Team bank) {
      Map<String, String> unharmed = world(rig, bank);
      for (Attempt attempt : Attempt.all(bank)) {
        for (Map.Entry<String, String> one : tokens.entrySet()) {
          Status theirs = status(rig, attempt, attempt.theirs(), one.getValue());
          Status nobodys = status(rig, attempt, attempt.nobodys(), one.getValue());
          trial.count(Figure.FAULTS, 1);
          trial.require(!theirs.isOk(), one.getKey() + " did " + attempt.what());
          trial.require(
              said(theirs, attempt.theirs()).equals(said(nobodys, attempt.nobodys())),
              "%s tells %s that there is one: %s, and of none: %s"
                  .formatted(attempt.what(), one.getKey(), theirs, nobodys));
          trial.count(Figure.REFUSED, theirs.isOk() ? 0 : 1);
        }
      }
      // Of what is theirs and others' they start their part alone.
      for (String role : List.of("operator", "assigner", "admin")) {
        Attempt whole =
            new Attempt(
                "start everywhere",
                AssociationServiceGrpc.getStartAssociationsOnceMethod(),
                id -> StartAssociationsOnceRequest.newBuilder().addAssociationIds(id).build(),
                everywhere,
                "");
        trial.require(
            !status(rig, whole, everywhere, tokens.getOrDefault(role, "")).isOk(),
            role + " started what concerns others");
      }
      trial.require(unharmed.equals(world(rig, bank)), "others' things have changed");
    }

    private static String said(Status status, String id) {
      return status.getCode() + " " + String.valueOf(status.getDescription()).replace(id, "ID");
    }

    private static Status status(Rig rig, Attempt attempt, String id, String token) {
      return Methods.call(
              rig.channel(),
              Methods.ofMessages(attempt.method()),
              attempt.request().apply(id),
              People.as(token))
          .status();
    }

    /** What the other team has, as somebody sees it who may see all. */
    private static Map<String, String> world(Rig rig, Team bank) {
      Map<String, String> world = new TreeMap<>();
      Field.instances(rig).stream()
          .filter(instance -> bank.ids().contains(instance.getInstanceId()))
          .forEach(instance -> world.put(instance.getInstanceId(), Told.text(instance)));
      for (var execution : rig.executions(bank.association())) {
        world.put(execution.getExecutionId(), Told.text(execution));
      }
      return world;
    }

    private static void targets(Trial trial, Rig rig, Map<String, String> tokens, Team shop) {
      for (String role : List.of("assigner", "admin")) {
        var stub =
            People.as(
                AssociationServiceGrpc.newBlockingStub(rig.channel()),
                tokens.getOrDefault(role, ""));
        Target all = Target.newBuilder().setKey("InstanceIds").addValues("*").build();
        String made =
            stub.createAssociation(create(role + "-all", List.of(all), shop, true))
                .getAssociationDescription()
                .getAssociationId();
        var execution = rig.executions(made).getFirst();
        trial.require(
            rig.targets(made, execution.getExecutionId()).stream()
                .allMatch(target -> shop.ids().contains(target.getResourceId())),
            role + " reached others by a wildcard");
        for (boolean scoped : new boolean[] {true, false}) {
          for (Target target :
              List.of(
                  Target.newBuilder().setKey("InstanceIds").build(),
                  Target.newBuilder().setKey("tag:Team").addValues("bank").build(),
                  Target.newBuilder().setKey("Custom:Canary.Name").addValues("canary").build(),
                  Target.newBuilder().setKey("agent.hostname").addValues("handmade").build())) {
            Status status =
                People.status(
                    () ->
                        stub.createAssociation(
                            create(
                                role + "-" + target.getKey().replaceAll("\\W", "") + scoped,
                                List.of(target),
                                shop,
                                scoped)));
            // What names nobody may be stored, and reaches nobody: that is looked at below.
            boolean nobody = List.of("tag:Team", "InstanceIds").contains(target.getKey());
            trial.require(
                nobody || status.getCode() == Status.Code.INVALID_ARGUMENT,
                role + " may target by " + target.getKey() + ": " + status);
            trial.count(Figure.FAULTS, 1);
          }
        }
      }
      for (var association :
          rig.associations()
              .listAssociations(
                  dev.holdfast.wire.v1.ListAssociationsRequest.newBuilder()
                      .setPageSize(100)
                      .build())
              .getAssociationsList()) {
        if (!association.getAssociation().getAssociationName().matches("(assigner|admin)-.*")) {
          continue;
        }
        trial.require(
            association.getAssociation().hasTagScope(),
            association.getAssociation().getAssociationName() + " has no scope");
        String id = association.getAssociationId();
        for (var execution : rig.executions(id)) {
          for (var target : rig.targets(id, execution.getExecutionId())) {
            trial.require(
                shop.ids().contains(target.getResourceId()),
                association.getAssociation().getAssociationName() + " reaches others");
          }
        }
      }
    }

    private static CreateAssociationRequest create(
        String name, List<Target> targets, Team shop, boolean scoped) {
      Association.Builder association =
          Association.newBuilder()
              .setName("nothing")
              .setAssociationName(name)
              .addAllTargets(targets);
      if (scoped) {
        association.setTagScope(shop.scope());
      }
      return CreateAssociationRequest.newBuilder()
          .setAcknowledgeTargets(100)
          .setAssociation(association)
          .build();
    }

    private static void cursor(Trial trial, Rig rig, Map<String, String> tokens) {
      var first = DescribeInstanceInformationRequest.newBuilder().setPageSize(1).build();
      String given =
          InstanceServiceGrpc.newBlockingStub(rig.channel())
              .withCallCredentials(rig.token())
              .describeInstanceInformation(first)
              .getNextPageToken();
      trial.require(!given.isEmpty(), "there is but one page");
      Status status =
          People.status(
              () ->
                  People.as(
                          InstanceServiceGrpc.newBlockingStub(rig.channel()),
                          tokens.getOrDefault("viewer", ""))
                      .describeInstanceInformation(first.toBuilder().setPageToken(given).build()));
      trial.require(
          status.getCode() == Status.Code.INVALID_ARGUMENT,
          "another's cursor is answered with " + status);
    }
  }
}
