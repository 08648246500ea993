package dev.holdfast.faults;

import com.google.protobuf.Message;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.AuditEvent;
import dev.holdfast.wire.v1.BanInstanceRequest;
import dev.holdfast.wire.v1.InstanceServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/** Who may call what: every method, by everybody, at every listener. */
final class MatrixCases {
  private MatrixCases() {}

  static List<Case> all() {
    return List.of(new Matrix());
  }

  /** Everybody calls everything. */
  static final class Matrix implements Case {
    /** What each role may do: written down here by hand, and by nobody who read it in the code. */
    private static final Map<String, Set<String>> ROLES =
        table(
            """
            viewer    read
            operator  read output run
            author    read documents
            assigner  read output run associations
            security  read letin tokens audit
            auditor   read audit
            admin     read output run documents associations letin tokens audit
            """);

    /** What each method of people needs, a service a line or more. */
    private static final Map<String, String> NEEDS = needs();

    private static final String NEEDED =
        """
        reflection.v1.ServerReflection read ServerReflectionInfo
        channelz.v1.Channelz read GetTopChannels GetServers GetServer GetServerSockets
        channelz.v1.Channelz read GetChannel GetSubchannel GetSocket
        v1.ActivationService letin CreateActivation DeleteActivation
        v1.ActivationService read DescribeActivations
        v1.DocumentService documents CreateDocument UpdateDocument UpdateDocumentDefaultVersion
        v1.DocumentService documents DeleteDocument
        v1.DocumentService read GetDocument DescribeDocument ListDocuments ListDocumentVersions
        v1.DocumentService read GetCalendarState
        v1.AssociationService associations CreateAssociation CreateAssociationBatch
        v1.AssociationService associations UpdateAssociation DeleteAssociation
        v1.AssociationService run StartAssociationsOnce CancelAssociationExecution
        v1.AssociationService run SetFreeze ClearFreeze
        v1.AssociationService read DescribeAssociation ListAssociations ListAssociationVersions
        v1.AssociationService read DescribeAssociationExecutions GetFreeze PlanAssociation
        v1.AssociationService read DescribeAssociationExecutionTargets ExplainAssociation
        v1.AssociationService output GetAssociationRun WatchAssociationExecution
        v1.InstanceService read DescribeInstanceInformation DescribeInstance ListTagsForResource
        v1.InstanceService read DescribeInstanceAssociationsStatus ListInstanceGroups
        v1.InstanceService read DescribeEffectiveInstanceAssociations
        v1.InstanceService associations CreateInstanceGroup UpdateInstanceGroup DeleteInstanceGroup
        v1.InstanceService letin ApproveInstance BanInstance UnbanInstance
        v1.InstanceService letin DeregisterManagedInstance AddTagsToResource RemoveTagsFromResource
        v1.InventoryService read GetInventory ListInventoryEntries GetInventorySchema ExportFleet
        v1.InventoryService read GetInventoryChanges DescribeInventoryDeletions
        v1.InventoryService associations PutInventory DeleteInventory
        v1.ComplianceService read ListComplianceItems ListComplianceSummaries
        v1.ComplianceService read ListResourceComplianceSummaries
        v1.ComplianceService associations PutComplianceItems
        v1.ParameterService associations PutParameter DeleteParameter
        v1.ParameterService read GetParameter GetParameters DescribeParameters GetParameterHistory
        v1.EventService read Watch
        v1.EventService letin PutWebhook ListWebhooks DeleteWebhook
        v1.AuditService audit LookupEvents
        v1.TokenService read WhoAmI
        v1.TokenService tokens CreateToken ListTokens RevokeToken PutRoleBinding ListRoleBindings
        v1.TokenService tokens DeleteRoleBinding
        """;

    /** How long a stream that is open is heard; a refusal is waited for longer. */
    private static final Duration HEARD = Duration.ofMillis(500);

    /** What came of a call. */
    private enum Met {
      /** The service heard it. */
      REACHED,
      /** Nobody knew who called. */
      UNKNOWN,
      /** It was known who called, and that they may not. */
      DENIED,
      /** There is no such method there. */
      ABSENT,
      /** There is no connection with that certificate. */
      UNCONNECTED
    }

    /**
     * Somebody who calls.
     *
     * @param may what it may do of what people do
     * @param agent whether it is an instance in good standing
     * @param known whether it is anybody at all
     * @param foreign whether no listener need talk with it at all
     */
    private record Who(
        String name,
        Channel admin,
        Channel agents,
        CallOptions options,
        Set<String> may,
        boolean agent,
        boolean known,
        boolean foreign) {
      static Who person(String name, Rig rig, Channel agents, String token, Set<String> may) {
        return new Who(
            name, rig.channel(), agents, People.as(token), may, false, !may.isEmpty(), false);
      }
    }

    private static Map<String, Set<String>> table(String text) {
      Map<String, Set<String>> table = new TreeMap<>();
      for (String line : text.lines().toList()) {
        List<String> words = Arrays.asList(line.strip().split("\\s+"));
        table.put(words.getFirst(), new TreeSet<>(words.subList(1, words.size())));
      }
      return table;
    }

    private static Map<String, String> needs() {
      Map<String, String> needs = new TreeMap<>();
      for (String line : NEEDED.lines().toList()) {
        List<String> words = Arrays.asList(line.split(" "));
        for (String method : words.subList(2, words.size())) {
          String of = words.getFirst().startsWith("v1.") ? "holdfast." : "grpc.";
          needs.put(of + words.getFirst() + "/" + method, words.get(1));
        }
      }
      return needs;
    }

    @Override
    public String id() {
      return "Z01";
    }

    @Override
    public String claim() {
      return "each method is open to exactly those who may call it, at the one listener where it"
          + " is, and every refusal is in the audit trail";
    }

    @Override
    public void run(Trial trial) throws Exception {
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      List<MethodDescriptor<Message, Message>> methods =
          Methods.all(rig.channel(), CallOptions.DEFAULT.withCallCredentials(rig.token()));
      Set<String> forgotten = new TreeSet<>(NEEDS.keySet());
      methods.forEach(method -> forgotten.remove(method.getFullMethodName()));
      trial.require(forgotten.isEmpty(), "these are no methods: " + forgotten);
      trial.note("methods", methods.size());
      Map<String, Long> denied = new TreeMap<>();
      List<Who> callers = callers(trial, rig);
      int rounds = trial.scale().of(1, 3, 20);
      for (int round = 0; round < rounds; round++) {
        try (ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
          List<Future<?>> done = new ArrayList<>();
          for (Who who : callers) {
            done.add(
                all.submit(
                    () -> {
                      for (MethodDescriptor<Message, Message> method : methods) {
                        one(trial, who, method, true, denied);
                        one(trial, who, method, false, denied);
                      }
                    }));
          }
          for (Future<?> each : done) {
            each.get();
          }
        }
      }
      LocalDoor.judge(trial, rig);
      trial.require(rig.coordinator().stop() == 0, "it does not stop");
      rig.startCoordinator();
      audited(trial, rig, denied);
    }

    private static void one(
        Trial trial,
        Who who,
        MethodDescriptor<Message, Message> method,
        boolean admin,
        Map<String, Long> denied) {
      String name = method.getFullMethodName();
      Met expected = expected(who, name, admin);
      Methods.Answer answer =
          Methods.call(
              admin ? who.admin : who.agents,
              method,
              Methods.empty(method),
              who.options,
              expected == Met.REACHED ? HEARD : Duration.ofSeconds(20));
      Met met = met(name, answer.status());
      boolean fine = met == expected || (who.foreign && met == Met.UNCONNECTED);
      synchronized (denied) {
        trial.require(
            fine,
            "%s calls %s at the %s: %s instead of %s (%s)"
                .formatted(
                    who.name,
                    name,
                    admin ? "admin port" : "agents' port",
                    met,
                    expected,
                    answer.status()));
        trial.count(Figure.FAULTS, 1);
        if (met == Met.UNKNOWN || met == Met.DENIED) {
          trial.count(Figure.REFUSED, 1);
          denied.merge(name.substring(name.indexOf('/') + 1), 1L, Long::sum);
        }
      }
    }

    private static Met expected(Who who, String method, boolean admin) {
      boolean ofAgents = method.startsWith("holdfast.agent.v1.");
      if (method.startsWith("grpc.health.v1.Health/")) {
        return Met.REACHED;
      }
      if (ofAgents == admin) {
        return Met.ABSENT;
      }
      if (method.startsWith("holdfast.agent.v1.EnrolmentService/")) {
        return Met.REACHED;
      }
      if (ofAgents) {
        return who.agent ? Met.REACHED : Met.UNKNOWN;
      }
      String needed = NEEDS.getOrDefault(method, "what nobody has");
      return who.may.contains(needed) ? Met.REACHED : who.known ? Met.DENIED : Met.UNKNOWN;
    }

    private static Met met(String method, Status status) {
      boolean open = method.startsWith("holdfast.agent.v1.EnrolmentService/");
      return switch (status.getCode()) {
        case UNIMPLEMENTED -> Met.ABSENT;
        // Whoever enrols is told so by the service itself.
        case UNAUTHENTICATED -> open ? Met.REACHED : Met.UNKNOWN;
        case PERMISSION_DENIED -> Met.DENIED;
        case UNAVAILABLE -> Met.UNCONNECTED;
        default -> Met.REACHED;
      };
    }

    private static List<Who> callers(Trial trial, Rig rig) throws Exception {
      People people = new People(rig);
      ManagedChannel agents = channel(trial, rig.agentAddress(), rig, List.of());
      List<Who> callers = new ArrayList<>();
      callers.add(
          new Who(
              "nobody", rig.channel(), agents, CallOptions.DEFAULT, Set.of(), false, false, false));
      callers.add(Who.person("whoever guesses", rig, agents, "hft_" + "A".repeat(43), Set.of()));
      String shortLived = people.token("expired", "admin", "1s");
      String revoked = people.token("revoked", "admin", "");
      people.revoke("revoked");
      callers.add(Who.person("a revoked token", rig, agents, revoked, Set.of()));
      for (Map.Entry<String, Set<String>> role : ROLES.entrySet()) {
        String token = people.token("role-" + role.getKey(), role.getKey(), "");
        callers.add(Who.person(role.getKey(), rig, agents, token, role.getValue()));
      }
      HandMade good = Field.handMade(trial, rig);
      callers.add(certified(trial, rig, "an agent", new Forged(good.key(), good.chain()), true));
      HandMade banned = Field.handMade(trial, rig);
      var _ =
          InstanceServiceGrpc.newBlockingStub(rig.channel())
              .withCallCredentials(rig.token())
              .banInstance(
                  BanInstanceRequest.newBuilder()
                      .setInstanceId(banned.instance())
                      .setReason("the case")
                      .build());
      callers.add(
          certified(trial, rig, "a banned agent", new Forged(banned.key(), banned.chain()), false));
      // Each with the serial of the one that may: only the name, or the signature, is another's.
      BigInteger serial = good.chain().getFirst().getSerialNumber();
      String ours = "spiffe://holdfast.local/agent/" + good.instance();
      Map<String, List<String>> forged = new TreeMap<>();
      forged.put(
          "an agent of another domain",
          List.of("spiffe://elsewhere.local/agent/" + good.instance()));
      forged.put("an agent of two names", List.of(ours, ours + "0"));
      forged.put("one who is called coordinator", List.of("spiffe://holdfast.local/coordinator"));
      forged.put("one who is called admin", List.of("spiffe://holdfast.local/admin/admin"));
      forged.put("an agent by another serial", List.of(ours));
      for (Map.Entry<String, List<String>> one : forged.entrySet()) {
        BigInteger shown = one.getKey().contains("serial") ? serial.add(BigInteger.ONE) : serial;
        callers.add(
            certified(
                trial, rig, one.getKey(), Forged.by(rig.data(), shown, one.getValue()), false));
      }
      callers.add(
          certified(trial, rig, "the coordinator itself", Forged.server(rig.data()), false));
      Rig other = Field.coordinator(trial, Field.OPEN_DOOR);
      callers.add(
          certified(
              trial,
              rig,
              "an agent of another authority",
              Forged.by(other.data(), serial, List.of(ours)),
              false));
      Field.await(Duration.ofSeconds(3), () -> false); // until the short life is over
      callers.add(Who.person("an expired token", rig, agents, shortLived, Set.of()));
      return callers;
    }

    private static Who certified(Trial trial, Rig rig, String name, Forged shown, boolean agent)
        throws Exception {
      return new Who(
          name,
          channel(trial, rig.adminAddress(), rig, List.of(shown)),
          channel(trial, rig.agentAddress(), rig, List.of(shown)),
          CallOptions.DEFAULT,
          Set.of(),
          agent,
          false,
          !agent);
    }

    private static ManagedChannel channel(Trial trial, String address, Rig rig, List<Forged> shown)
        throws Exception {
      ManagedChannel channel =
          shown.isEmpty()
              ? HandMade.channel(address, Field.authority(rig), null, List.of())
              : HandMade.channel(
                  address, Field.authority(rig), shown.getFirst().key(), shown.getFirst().chain());
      trial.closing(channel::shutdownNow);
      return channel;
    }

    /** As many refusals are in the audit trail as there were, by the method. */
    private static void audited(Trial trial, Rig rig, Map<String, Long> denied) {
      Map<String, Long> written =
          Field.audit(rig, "").stream()
              .filter(event -> event.getDecision().equals("DENIED"))
              .collect(
                  Collectors.groupingBy(
                      AuditEvent::getEventName,
                      TreeMap::new,
                      Collectors.summingLong(event -> Math.max(1, event.getCount()))));
      for (String open : List.of("Enroll", "Recover")) {
        written.remove(open);
      }
      trial.require(
          written.equals(denied), "refused were " + denied + "; the audit trail has " + written);
    }
  }
}
