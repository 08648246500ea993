package dev.holdfast.agent.identity;

import io.grpc.Status;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;

/** Says in one line why a call to the coordinator failed. */
public final class CallFailure {
  private static final int MAX_LENGTH = 300;

  private CallFailure() {}

  /** The cause that helps, without control characters. */
  public static String reason(Throwable failure) {
    Status status = Status.fromThrowable(failure);
    String said = status.getDescription() == null ? "" : ": " + status.getDescription();
    String reason = status.getCode() + said;
    for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return oneLine("the coordinator is not trusted: " + cause.getMessage());
      }
      if (cause instanceof SSLException || cause.getCause() == null) {
        reason = status.getCode() + ": " + cause.getMessage();
      }
    }
    return oneLine(reason);
  }

  /** Whether the other side's TLS did not take this host's certificate. */
  public static boolean certificateRefused(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (cause instanceof SSLException
          && message.contains("fatal alert")
          && (message.contains("certificate") || message.contains("unknown_ca"))) {
        return true;
      }
    }
    return false;
  }

  private static String oneLine(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() > MAX_LENGTH ? line.substring(0, MAX_LENGTH) + "..." : line;
  }
}
