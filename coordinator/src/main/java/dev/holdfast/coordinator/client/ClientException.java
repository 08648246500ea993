package dev.holdfast.coordinator.client;

import dev.holdfast.config.HostPort;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import javax.net.ssl.SSLException;

/** Something asked of the coordinator did not work; the message says what, and what to do. */
final class ClientException extends Exception {
  private static final long serialVersionUID = 1L;

  ClientException(String message) {
    super(message);
  }

  ClientException(String message, Throwable cause) {
    super(message, cause);
  }

  /** What a failed call means for somebody at a terminal. */
  static ClientException of(StatusRuntimeException failure, HostPort address, Path ca, Path token) {
    Status status = failure.getStatus();
    String description = status.getDescription() == null ? "" : status.getDescription();
    return switch (status.getCode()) {
      case UNAVAILABLE -> unavailable(status, description, address, ca, failure);
      case UNAUTHENTICATED ->
          new ClientException(
              "the token in "
                  + token
                  + " is not known, expired or revoked: make one with 'holdfast-coordinator token"
                  + " create', and name its file with --token-file",
              failure);
      case DEADLINE_EXCEEDED ->
          new ClientException("the coordinator at " + address + " did not answer in time", failure);
      case UNIMPLEMENTED ->
          new ClientException(
              "the coordinator at " + address + " does not know this call: is it the admin port?",
              failure);
      default ->
          new ClientException(
              description.isEmpty() ? "refused: " + status.getCode() : description, failure);
    };
  }

  private static ClientException unavailable(
      Status status, String description, HostPort address, Path ca, Throwable failure) {
    for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
        return new ClientException(
            "the coordinator at "
                + address
                + " shows no certificate for this address by the authority in "
                + ca
                + " ("
                + cause.getMessage()
                + "): name its ca.pem with --ca",
            failure);
      }
      if (cause instanceof IOException && cause.getCause() == null) {
        return new ClientException(
            "cannot reach the coordinator at "
                + address
                + " ("
                + cause.getMessage()
                + "): is it running? Name its admin port with --address",
            failure);
      }
    }
    return new ClientException("the coordinator at " + address + ": " + description, failure);
  }
}
