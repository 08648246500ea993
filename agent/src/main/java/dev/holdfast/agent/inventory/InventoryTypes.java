package dev.holdfast.agent.inventory;

import java.util.Map;

/** The inventory types that an agent gathers: those of AWS (spec.md section 5.2), and ours. */
public final class InventoryTypes {
  /** Packages. */
  public static final String APPLICATION = "AWS:Application";

  /** Components of AWS; there are none here. */
  public static final String AWS_COMPONENT = "AWS:AWSComponent";

  /** What EC2 bills; there is none here. */
  public static final String BILLING_INFO = "AWS:BillingInfo";

  /** Files that a filter names. */
  public static final String FILE = "AWS:File";

  /** Name, platform, address. */
  public static final String INSTANCE_INFORMATION = "AWS:InstanceInformation";

  /** Processor and kernel. */
  public static final String INSTANCE_DETAILED_INFORMATION = "AWS:InstanceDetailedInformation";

  /** Interfaces. */
  public static final String NETWORK = "AWS:Network";

  /** Services. */
  public static final String SERVICE = "AWS:Service";

  /** Of Windows alone. */
  public static final String WINDOWS_REGISTRY = "AWS:WindowsRegistry";

  /** Of Windows alone. */
  public static final String WINDOWS_ROLE = "AWS:WindowsRole";

  /** Of Windows alone. */
  public static final String WINDOWS_UPDATE = "AWS:WindowsUpdate";

  /** File systems. */
  public static final String DISK = "Host:Disk";

  /** Who listens where. */
  public static final String PORT = "Host:Port";

  /** Accounts. */
  public static final String USER = "Host:User";

  /** Certificates in files. */
  public static final String CERTIFICATE = "Host:Certificate";

  /** The kernel and what is loaded into it. */
  public static final String KERNEL = "Host:Kernel";

  /** Containers of Docker or Podman. */
  public static final String CONTAINER = "Host:Container";

  /** Updates that the package manager has and the host lacks. */
  public static final String PENDING_UPDATE = "Host:PendingUpdate";

  private static final Map<String, String> VERSIONS =
      Map.ofEntries(
          Map.entry(APPLICATION, "1.1"),
          Map.entry(AWS_COMPONENT, "1.0"),
          Map.entry(BILLING_INFO, "1.0"),
          Map.entry(FILE, "1.0"),
          Map.entry(INSTANCE_INFORMATION, "1.0"),
          Map.entry(INSTANCE_DETAILED_INFORMATION, "1.0"),
          Map.entry(NETWORK, "1.0"),
          Map.entry(SERVICE, "1.0"),
          Map.entry(WINDOWS_REGISTRY, "1.0"),
          Map.entry(WINDOWS_ROLE, "1.0"),
          Map.entry(WINDOWS_UPDATE, "1.0"),
          Map.entry(DISK, "1.0"),
          Map.entry(PORT, "1.0"),
          Map.entry(USER, "1.0"),
          Map.entry(CERTIFICATE, "1.0"),
          Map.entry(KERNEL, "1.0"),
          Map.entry(CONTAINER, "1.0"),
          Map.entry(PENDING_UPDATE, "1.0"));

  private InventoryTypes() {}

  /** Each of them with the version of its schema. */
  public static Map<String, String> versions() {
    return VERSIONS;
  }
}
