package dev.holdfast.demo;

import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.CreateActivationResponse;
import dev.holdfast.wire.v1.RunStatus;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The part of {@code packaging/demo} that measures: {@code activation CODE-FILE} prints the id of a
 * new activation and writes its code; {@code apply INSTANCE EXAMPLES} tags the instance, defines
 * two associations and waits for their first success. Where the coordinator is comes from {@code
 * HOLDFAST_ADDRESS}, {@code HOLDFAST_CA} and {@code HOLDFAST_TOKEN_FILE}. Exit code 0 if everything
 * arrived, 1 if not, 2 for a wrong call.
 */
public final class Demo {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Short, so that what is measured is the product; long enough to leave it the processor. */
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  private static final Set<RunStatus> RUNNING =
      Set.of(
          RunStatus.RUN_STATUS_UNSPECIFIED,
          RunStatus.RUN_STATUS_PENDING,
          RunStatus.RUN_STATUS_IN_PROGRESS);

  private final Admin admin;
  private final PrintStream out;

  private Demo(Admin admin, PrintStream out) {
    this.admin = admin;
    this.out = out;
  }

  /** Runs one part. */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  private static int run(String[] arguments) {
    String address = System.getenv("HOLDFAST_ADDRESS");
    String authority = System.getenv("HOLDFAST_CA");
    String token = System.getenv("HOLDFAST_TOKEN_FILE");
    if (arguments.length < 2 || address == null || authority == null || token == null) {
      System.err.println("demo: called by packaging/demo, which tells it where the coordinator is");
      return 2;
    }
    try (Admin admin = Admin.connect(address, Path.of(authority), Path.of(token))) {
      Demo demo = new Demo(admin, System.out);
      return switch (arguments[0]) {
        case "activation" -> demo.activation(Path.of(arguments[1]));
        case "apply" -> demo.apply(arguments[1], Path.of(arguments[2]));
        default -> 2;
      };
    } catch (StatusRuntimeException | IOException e) {
      System.err.println("demo: " + e.getMessage());
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private int activation(Path codeFile) throws IOException {
    CreateActivationResponse activation = admin.createActivation("the demo");
    Files.createFile(
        codeFile,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(codeFile, activation.getActivationCode(), StandardOpenOption.WRITE);
    out.println(activation.getActivationId());
    return 0;
  }

  private int apply(String instance, Path examples) throws IOException, InterruptedException {
    admin.tag(instance, "Role", "demo");
    out.println("tagged " + instance + " Role=demo");
    admin.createDocument("check-machine", Files.readString(examples.resolve("check-machine.yaml")));
    out.println("created the document check-machine");
    long inventory = applied("inventory", "AWS-GatherSoftwareInventory", "rate(30 minutes)");
    long check = applied("checks", "check-machine", "rate(1 hour)");
    if (inventory < 0 || check < 0) {
      return 1;
    }
    out.println("applied in " + check + " ms");
    return 0;
  }

  /**
   * Milliseconds from the answer to CreateAssociation until a Success is stored; -1 if it ended
   * otherwise or not in time.
   */
  private long applied(String name, String document, String schedule) throws InterruptedException {
    String association = admin.associate(name, document, "Role", "demo", schedule);
    long answered = System.nanoTime();
    out.println(
        "created the association " + name + ": " + document + " on tag:Role=demo, " + schedule);
    RunStatus status = RunStatus.RUN_STATUS_UNSPECIFIED;
    while (RUNNING.contains(status) && System.nanoTime() - answered < PATIENCE.toNanos()) {
      status =
          admin
              .newestExecution(association)
              .map(AssociationExecution::getStatus)
              .orElse(RunStatus.RUN_STATUS_UNSPECIFIED);
      if (RUNNING.contains(status)) {
        TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS.toMillis());
      }
    }
    long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - answered);
    if (status != RunStatus.RUN_STATUS_SUCCESS) {
      System.err.println(
          "demo: the association " + name + " is " + status + " after " + took + " ms");
      return -1;
    }
    out.println("its first Success is stored, " + took + " ms after the answer");
    return took;
  }
}
