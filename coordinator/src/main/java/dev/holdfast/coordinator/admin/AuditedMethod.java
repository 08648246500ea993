package dev.holdfast.coordinator.admin;

import static java.util.stream.Collectors.toUnmodifiableSet;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What is known of a method that the audit trail names: the attributes by which rows are looked up
 * beside those of the row itself.
 *
 * @param source the service; empty: the coordinator itself
 * @param readOnly whether it changes nothing
 * @param types what it is about
 */
record AuditedMethod(String name, String source, boolean readOnly, List<String> types) {
  private static final Map<String, AuditedMethod> ALL = new TreeMap<>();

  static {
    String agents = "holdfast.agent.v1.";
    put("TrimAudit", "", false, "AuditTrail");
    put("Enroll", agents + "EnrolmentService", false, "ManagedInstance", "Activation");
    put("Recover", agents + "EnrolmentService", false, "ManagedInstance");
    put("Renew", agents + "LinkService", false, "ManagedInstance");
    put("Connect", agents + "LinkService", false, "ManagedInstance");
    put("FetchBody", agents + "LinkService", true, "ManagedInstance");
    put("FetchSecrets", agents + "LinkService", true, "Association", "Parameter");
    service("ActivationService", "Activation", "CreateActivation", "DeleteActivation");
    reads("ActivationService", "Activation", "DescribeActivations");
    service(
        "DocumentService",
        "Document",
        "CreateDocument",
        "UpdateDocument",
        "UpdateDocumentDefaultVersion",
        "DeleteDocument");
    reads(
        "DocumentService",
        "Document",
        "GetDocument",
        "DescribeDocument",
        "ListDocuments",
        "ListDocumentVersions",
        "GetCalendarState");
    service(
        "AssociationService",
        "Association",
        "CreateAssociation",
        "CreateAssociationBatch",
        "UpdateAssociation",
        "DeleteAssociation",
        "StartAssociationsOnce",
        "CancelAssociationExecution");
    service("AssociationService", "Freeze", "SetFreeze", "ClearFreeze");
    reads("AssociationService", "Freeze", "GetFreeze");
    reads(
        "AssociationService",
        "Association",
        "DescribeAssociation",
        "ListAssociations",
        "ListAssociationVersions",
        "DescribeAssociationExecutions",
        "DescribeAssociationExecutionTargets",
        "GetAssociationRun",
        "WatchAssociationExecution",
        "PlanAssociation",
        "ExplainAssociation");
    service(
        "InstanceService",
        "ManagedInstance",
        "ApproveInstance",
        "BanInstance",
        "UnbanInstance",
        "DeregisterManagedInstance");
    put(
        "AddTagsToResource",
        "holdfast.v1.InstanceService",
        false,
        "ManagedInstance",
        "Document",
        "Association");
    put(
        "RemoveTagsFromResource",
        "holdfast.v1.InstanceService",
        false,
        "ManagedInstance",
        "Document",
        "Association");
    reads(
        "InstanceService",
        "ManagedInstance",
        "DescribeInstanceInformation",
        "DescribeInstance",
        "ListTagsForResource",
        "DescribeInstanceAssociationsStatus",
        "DescribeEffectiveInstanceAssociations");
    service(
        "InstanceService",
        "InstanceGroup",
        "CreateInstanceGroup",
        "UpdateInstanceGroup",
        "DeleteInstanceGroup");
    reads("InstanceService", "InstanceGroup", "ListInstanceGroups");
    service("InventoryService", "Inventory", "PutInventory", "DeleteInventory");
    reads(
        "InventoryService",
        "Inventory",
        "GetInventory",
        "ListInventoryEntries",
        "GetInventorySchema",
        "GetInventoryChanges",
        "DescribeInventoryDeletions",
        "ExportFleet");
    service("ComplianceService", "Compliance", "PutComplianceItems");
    reads(
        "ComplianceService",
        "Compliance",
        "ListComplianceItems",
        "ListComplianceSummaries",
        "ListResourceComplianceSummaries");
    service("ParameterService", "Parameter", "PutParameter", "DeleteParameter");
    reads(
        "ParameterService",
        "Parameter",
        "GetParameter",
        "GetParameters",
        "DescribeParameters",
        "GetParameterHistory");
    reads("EventService", "Event", "Watch");
    service("EventService", "Webhook", "PutWebhook", "DeleteWebhook");
    reads("EventService", "Webhook", "ListWebhooks");
    reads("AuditService", "AuditTrail", "LookupEvents");
    service("TokenService", "Token", "CreateToken", "RevokeToken");
    reads("TokenService", "Token", "ListTokens", "WhoAmI");
    service("TokenService", "RoleBinding", "PutRoleBinding", "DeleteRoleBinding");
    reads("TokenService", "RoleBinding", "ListRoleBindings");
  }

  /** The one with a name; of one that is not known only the name. */
  static AuditedMethod named(String name) {
    AuditedMethod known = ALL.get(name);
    return known == null ? new AuditedMethod(name, "", false, List.of()) : known;
  }

  /** The names of all that fulfil a condition. */
  static Set<String> names(Predicate<AuditedMethod> condition) {
    return ALL.values().stream()
        .filter(condition)
        .map(AuditedMethod::name)
        .collect(toUnmodifiableSet());
  }

  private static void service(String service, String type, String... methods) {
    for (String method : methods) {
      put(method, "holdfast.v1." + service, false, type);
    }
  }

  private static void reads(String service, String type, String... methods) {
    for (String method : methods) {
      put(method, "holdfast.v1." + service, true, type);
    }
  }

  private static void put(String name, String source, boolean readOnly, String... types) {
    ALL.put(name, new AuditedMethod(name, source, readOnly, List.of(types)));
  }
}
