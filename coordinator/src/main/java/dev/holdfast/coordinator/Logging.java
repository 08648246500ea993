package dev.holdfast.coordinator;

import dev.holdfast.task.LogLines;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.Locale;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Sets up the log. Called before the first logger is made, since that reads the settings. */
final class Logging {
  private static final String PREFIX = "org.slf4j.simpleLogger.";

  private Logging() {}

  /** Logs from this level up to standard error, in the form that {@link LogLines} writes. */
  static void begin(CoordinatorConfig.LogLevel level) {
    set("defaultLogLevel", level.name().toLowerCase(Locale.ROOT));
    set("logFile", "System.err");
    set("cacheOutputStream", "false");
    set("showDateTime", "true");
    set("dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
    set("showThreadName", "false");
    set("showLogName", "true");
    set("levelInBrackets", "false");
    // libraries are heard only if something is wrong
    set("log.org.flywaydb", "warn");
    set("log.io.netty", "warn");
    set("log.io.grpc", "warn");
    // what a peer sends that nobody may is its own affair, and told to it: else it writes our log
    set("log.io.grpc.netty", "error");
    set("log.io.netty.handler.codec.http2", "error");
    set("log.io.netty.handler.ssl", "error");
    System.setErr(new LogLines(new FileOutputStream(FileDescriptor.err)));
    Logger root = LogManager.getLogManager().getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    root.setLevel(Level.WARNING);
    root.addHandler(new Handed());
  }

  private static void set(String name, String value) {
    System.setProperty(PREFIX + name, value);
  }

  /** What libraries log by the JDK's own logging. */
  private static final class Handed extends Handler {
    private final SimpleFormatter formatter = new SimpleFormatter();

    @Override
    public void publish(LogRecord event) {
      org.slf4j.Logger logger = LoggerFactory.getLogger(String.valueOf(event.getLoggerName()));
      LoggingEventBuilder line =
          event.getLevel().intValue() >= Level.SEVERE.intValue()
              ? logger.atError()
              : logger.atWarn();
      if (event.getThrown() != null) {
        line = line.setCause(event.getThrown());
      }
      line.log(formatter.formatMessage(event));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
