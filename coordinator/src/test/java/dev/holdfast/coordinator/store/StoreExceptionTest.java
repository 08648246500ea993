package dev.holdfast.coordinator.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

final class StoreExceptionTest {
  @Test
  void whetherTheDiskFailedIsToldFromWhatIsUnderneath() {
    assertEquals(true, failed(new IOException("Input/output error")));
    assertEquals(true, failed(sqlite(SQLiteErrorCode.SQLITE_IOERR_FSYNC)));
    assertEquals(true, failed(new RuntimeException(sqlite(SQLiteErrorCode.SQLITE_IOERR))));
    assertEquals(false, failed(sqlite(SQLiteErrorCode.SQLITE_CORRUPT)));
    assertEquals(false, failed(sqlite(SQLiteErrorCode.SQLITE_FULL)));
    assertEquals(false, failed(new AccessDeniedException("/holdfast")));
    assertEquals(false, failed(new SQLException("no")));
    assertEquals(false, new StoreException("no").diskFailed());
  }

  private static SQLiteException sqlite(SQLiteErrorCode code) {
    return new SQLiteException("no", code);
  }

  private static boolean failed(Throwable underneath) {
    return new StoreException("no", underneath).diskFailed();
  }
}
