package dev.holdfast.coordinator.trust;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The one table that says who may call what. A method without an entry stops the start of the
 * coordinator, so nothing is reachable by being forgotten.
 */
public final class Policy {
  private static final Set<Role> ALL = EnumSet.allOf(Role.class);
  private static final Set<Role> OUTPUT = EnumSet.of(Role.OPERATOR, Role.ASSIGNER, Role.ADMIN);
  private static final Set<Role> RUN = EnumSet.of(Role.OPERATOR, Role.ASSIGNER, Role.ADMIN);
  private static final Set<Role> WRITE_DOCUMENTS = EnumSet.of(Role.AUTHOR, Role.ADMIN);
  private static final Set<Role> WRITE_ASSOCIATIONS = EnumSet.of(Role.ASSIGNER, Role.ADMIN);
  private static final Set<Role> LET_IN = EnumSet.of(Role.SECURITY, Role.ADMIN);
  private static final Set<Role> READ_SECRETS = EnumSet.of(Role.ADMIN);
  private static final Set<Role> READ_AUDIT = EnumSet.of(Role.SECURITY, Role.AUDITOR, Role.ADMIN);

  private final Map<String, Entry> entries = new TreeMap<>();

  /** Who may call a method. */
  public sealed interface Entry {
    /** Anybody, without token or certificate. */
    record Open() implements Entry {}

    /** Agents, by their certificate. */
    record Agents() implements Entry {}

    /** People with one of these roles. */
    record Roles(Set<Role> roles) implements Entry {
      /** Copies. */
      public Roles {
        roles = Set.copyOf(roles);
      }
    }
  }

  /** The table. */
  public Policy() {
    open("holdfast.agent.v1.EnrolmentService", "Enroll", "Recover");
    agents("holdfast.agent.v1.LinkService", "Connect", "FetchBody", "FetchSecrets", "Renew");
    open("grpc.health.v1.Health", "Check", "List", "Watch");
    people(ALL, "grpc.reflection.v1.ServerReflection", "ServerReflectionInfo");
    people(
        ALL,
        "grpc.channelz.v1.Channelz",
        "GetTopChannels",
        "GetServers",
        "GetServer",
        "GetServerSockets",
        "GetChannel",
        "GetSubchannel",
        "GetSocket");

    people(LET_IN, "holdfast.v1.ActivationService", "CreateActivation", "DeleteActivation");
    people(ALL, "holdfast.v1.ActivationService", "DescribeActivations");

    people(
        WRITE_DOCUMENTS,
        "holdfast.v1.DocumentService",
        "CreateDocument",
        "UpdateDocument",
        "UpdateDocumentDefaultVersion",
        "DeleteDocument");
    people(
        ALL,
        "holdfast.v1.DocumentService",
        "GetDocument",
        "DescribeDocument",
        "ListDocuments",
        "ListDocumentVersions",
        "GetCalendarState");

    people(
        WRITE_ASSOCIATIONS,
        "holdfast.v1.AssociationService",
        "CreateAssociation",
        "CreateAssociationBatch",
        "UpdateAssociation",
        "DeleteAssociation");
    people(
        RUN,
        "holdfast.v1.AssociationService",
        "StartAssociationsOnce",
        "CancelAssociationExecution",
        "SetFreeze",
        "ClearFreeze");
    people(
        ALL,
        "holdfast.v1.AssociationService",
        "DescribeAssociation",
        "ListAssociations",
        "ListAssociationVersions",
        "DescribeAssociationExecutions",
        "DescribeAssociationExecutionTargets",
        "GetFreeze",
        "PlanAssociation",
        "ExplainAssociation");
    people(
        OUTPUT, "holdfast.v1.AssociationService", "GetAssociationRun", "WatchAssociationExecution");

    people(
        ALL,
        "holdfast.v1.InstanceService",
        "DescribeInstanceInformation",
        "DescribeInstance",
        "ListTagsForResource",
        "DescribeInstanceAssociationsStatus",
        "DescribeEffectiveInstanceAssociations",
        "ListInstanceGroups");
    people(
        WRITE_ASSOCIATIONS,
        "holdfast.v1.InstanceService",
        "CreateInstanceGroup",
        "UpdateInstanceGroup",
        "DeleteInstanceGroup");
    people(
        LET_IN,
        "holdfast.v1.InstanceService",
        "ApproveInstance",
        "BanInstance",
        "UnbanInstance",
        "DeregisterManagedInstance",
        "AddTagsToResource",
        "RemoveTagsFromResource");

    people(
        ALL,
        "holdfast.v1.InventoryService",
        "GetInventory",
        "ListInventoryEntries",
        "GetInventorySchema",
        "GetInventoryChanges",
        "DescribeInventoryDeletions",
        "ExportFleet");
    people(WRITE_ASSOCIATIONS, "holdfast.v1.InventoryService", "PutInventory", "DeleteInventory");
    people(
        ALL,
        "holdfast.v1.ComplianceService",
        "ListComplianceItems",
        "ListComplianceSummaries",
        "ListResourceComplianceSummaries");
    // It says what is true of an instance, and so may those who say what should be.
    people(WRITE_ASSOCIATIONS, "holdfast.v1.ComplianceService", "PutComplianceItems");
    people(WRITE_ASSOCIATIONS, "holdfast.v1.ParameterService", "PutParameter", "DeleteParameter");
    // Values of SecureStrings aside: see maySeeSecrets.
    people(
        ALL,
        "holdfast.v1.ParameterService",
        "GetParameter",
        "GetParameters",
        "DescribeParameters",
        "GetParameterHistory");
    people(ALL, "holdfast.v1.EventService", "Watch");
    // A URL says where facts go, and may have a password in it.
    people(LET_IN, "holdfast.v1.EventService", "PutWebhook", "ListWebhooks", "DeleteWebhook");
    people(READ_AUDIT, "holdfast.v1.AuditService", "LookupEvents");
    people(ALL, "holdfast.v1.TokenService", "WhoAmI");
  }

  /**
   * Whether people of a role may be told the values of SecureStrings. It is no method of its own:
   * whoever gives them out asks here.
   */
  public static boolean maySeeSecrets(Role role) {
    return READ_SECRETS.contains(role);
  }

  /**
   * The entry of a method, named {@code package.Service/Method}; there is one, or the coordinator
   * would not have started.
   */
  Entry entry(String method) {
    Entry entry = entries.get(method);
    if (entry == null) {
      throw new IllegalStateException("no policy for " + method);
    }
    return entry;
  }

  /** Those of the methods that have no entry. */
  public Set<String> missing(List<String> methods) {
    Set<String> missing = new TreeSet<>(methods);
    missing.removeAll(entries.keySet());
    return missing;
  }

  /** The whole table, by method. */
  public Map<String, Entry> entries() {
    return Map.copyOf(entries);
  }

  private void open(String service, String... methods) {
    put(new Entry.Open(), service, methods);
  }

  private void agents(String service, String... methods) {
    put(new Entry.Agents(), service, methods);
  }

  private void people(Set<Role> roles, String service, String... methods) {
    put(new Entry.Roles(roles), service, methods);
  }

  private void put(Entry entry, String service, String... methods) {
    for (String method : methods) {
      entries.put(service + "/" + method, entry);
    }
  }
}
