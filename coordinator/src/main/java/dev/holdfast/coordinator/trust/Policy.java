package dev.holdfast.coordinator.trust;

import static dev.holdfast.coordinator.trust.Capability.LET_IN;
import static dev.holdfast.coordinator.trust.Capability.READ;
import static dev.holdfast.coordinator.trust.Capability.READ_AUDIT;
import static dev.holdfast.coordinator.trust.Capability.READ_OUTPUT;
import static dev.holdfast.coordinator.trust.Capability.RUN;
import static dev.holdfast.coordinator.trust.Capability.TOKENS;
import static dev.holdfast.coordinator.trust.Capability.WRITE_ASSOCIATIONS;
import static dev.holdfast.coordinator.trust.Capability.WRITE_DOCUMENTS;

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
  private final Map<String, Entry> entries = new TreeMap<>();

  /** What a method makes of it that somebody may touch some instances only. */
  public enum Reach {
    /** It shows and touches those alone. */
    SIGHT,
    /** It shows or touches the whole, so whoever may not touch all may not call it. */
    WHOLE
  }

  /** Who may call a method. */
  public sealed interface Entry {
    /** Anybody, without token or certificate. */
    record Open() implements Entry {}

    /** Agents, by their certificate. */
    record Agents() implements Entry {}

    /** People who have a capability. */
    record People(Capability capability, Reach reach) implements Entry {}
  }

  /** The table. */
  public Policy() {
    open("holdfast.agent.v1.EnrolmentService", "Enroll", "Recover");
    agents("holdfast.agent.v1.LinkService", "Connect", "FetchBody", "FetchSecrets", "Renew");
    open("grpc.health.v1.Health", "Check", "List", "Watch");
    sight(READ, "grpc.reflection.v1.ServerReflection", "ServerReflectionInfo");
    whole(
        READ,
        "grpc.channelz.v1.Channelz",
        "GetTopChannels",
        "GetServers",
        "GetServer",
        "GetServerSockets",
        "GetChannel",
        "GetSubchannel",
        "GetSocket");

    sight(LET_IN, "holdfast.v1.ActivationService", "CreateActivation", "DeleteActivation");
    sight(READ, "holdfast.v1.ActivationService", "DescribeActivations");

    // A document is the same for all, and an edit runs wherever it is used.
    whole(
        WRITE_DOCUMENTS,
        "holdfast.v1.DocumentService",
        "CreateDocument",
        "UpdateDocument",
        "UpdateDocumentDefaultVersion",
        "DeleteDocument");
    sight(
        READ,
        "holdfast.v1.DocumentService",
        "GetDocument",
        "DescribeDocument",
        "ListDocuments",
        "ListDocumentVersions",
        "GetCalendarState");

    sight(
        WRITE_ASSOCIATIONS,
        "holdfast.v1.AssociationService",
        "CreateAssociation",
        "CreateAssociationBatch",
        "UpdateAssociation",
        "DeleteAssociation");
    sight(
        RUN,
        "holdfast.v1.AssociationService",
        "StartAssociationsOnce",
        "CancelAssociationExecution");
    // A freeze holds everything.
    whole(RUN, "holdfast.v1.AssociationService", "SetFreeze", "ClearFreeze");
    sight(
        READ,
        "holdfast.v1.AssociationService",
        "DescribeAssociation",
        "ListAssociations",
        "ListAssociationVersions",
        "DescribeAssociationExecutions",
        "DescribeAssociationExecutionTargets",
        "GetFreeze",
        "PlanAssociation",
        "ExplainAssociation");
    sight(
        READ_OUTPUT,
        "holdfast.v1.AssociationService",
        "GetAssociationRun",
        "WatchAssociationExecution");

    sight(
        READ,
        "holdfast.v1.InstanceService",
        "DescribeInstanceInformation",
        "DescribeInstance",
        "ListTagsForResource",
        "DescribeInstanceAssociationsStatus",
        "DescribeEffectiveInstanceAssociations",
        "ListInstanceGroups");
    // A group changes whom associations of others apply to.
    whole(
        WRITE_ASSOCIATIONS,
        "holdfast.v1.InstanceService",
        "CreateInstanceGroup",
        "UpdateInstanceGroup",
        "DeleteInstanceGroup");
    sight(
        LET_IN,
        "holdfast.v1.InstanceService",
        "ApproveInstance",
        "BanInstance",
        "UnbanInstance",
        "DeregisterManagedInstance",
        "AddTagsToResource",
        "RemoveTagsFromResource");

    sight(
        READ,
        "holdfast.v1.InventoryService",
        "GetInventory",
        "ListInventoryEntries",
        "GetInventorySchema",
        "GetInventoryChanges",
        "ExportFleet");
    // A deletion is of a type, of all instances, and counts them.
    whole(READ, "holdfast.v1.InventoryService", "DescribeInventoryDeletions");
    sight(WRITE_ASSOCIATIONS, "holdfast.v1.InventoryService", "PutInventory");
    whole(WRITE_ASSOCIATIONS, "holdfast.v1.InventoryService", "DeleteInventory");
    sight(
        READ,
        "holdfast.v1.ComplianceService",
        "ListComplianceItems",
        "ListComplianceSummaries",
        "ListResourceComplianceSummaries");
    // It says what is true of an instance, and so may those who say what should be.
    sight(WRITE_ASSOCIATIONS, "holdfast.v1.ComplianceService", "PutComplianceItems");
    // A value is the same for all, and a new one runs wherever it is used.
    whole(WRITE_ASSOCIATIONS, "holdfast.v1.ParameterService", "PutParameter", "DeleteParameter");
    // Values of SecureStrings aside: these are told to nobody.
    sight(
        READ,
        "holdfast.v1.ParameterService",
        "GetParameter",
        "GetParameters",
        "DescribeParameters",
        "GetParameterHistory");
    sight(READ, "holdfast.v1.EventService", "Watch");
    // A URL says where facts go, and may have a password in it.
    whole(LET_IN, "holdfast.v1.EventService", "PutWebhook", "ListWebhooks", "DeleteWebhook");
    whole(READ_AUDIT, "holdfast.v1.AuditService", "LookupEvents");
    sight(READ, "holdfast.v1.TokenService", "WhoAmI");
    sight(
        TOKENS,
        "holdfast.v1.TokenService",
        "CreateToken",
        "ListTokens",
        "RevokeToken",
        "PutRoleBinding",
        "ListRoleBindings",
        "DeleteRoleBinding");
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

  private void sight(Capability capability, String service, String... methods) {
    put(new Entry.People(capability, Reach.SIGHT), service, methods);
  }

  private void whole(Capability capability, String service, String... methods) {
    put(new Entry.People(capability, Reach.WHOLE), service, methods);
  }

  private void put(Entry entry, String service, String... methods) {
    for (String method : methods) {
      entries.put(service + "/" + method, entry);
    }
  }
}
