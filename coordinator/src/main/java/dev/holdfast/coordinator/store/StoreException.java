package dev.holdfast.coordinator.store;

import java.io.IOException;
import java.nio.file.FileSystemException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The store can't be opened, read or written; the message says what is wrong, where, and what to
 * do.
 */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The bits of SQLite's codes that name the kind; those above say more of it. */
  private static final int FAMILY = 0xff;

  /** With what is wrong. */
  public StoreException(String message) {
    super(message);
  }

  /** With what is wrong, and the failure underneath. */
  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Whether what is underneath is a read, write or sync that the disk did not do. */
  public boolean diskFailed() {
    return diskFailed(getCause());
  }

  /** The same of a failure that is not told yet. */
  static boolean diskFailed(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLiteException one
          && (one.getResultCode().code & FAMILY) == SQLiteErrorCode.SQLITE_IOERR.code) {
        return true;
      }
      if (cause instanceof IOException && !(cause instanceof FileSystemException)) {
        return true;
      }
    }
    return false;
  }
}
