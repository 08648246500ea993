package dev.holdfast.agent.assignment;

import dev.holdfast.agent.schedule.Past;
import dev.holdfast.agent.schedule.TickSet;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Sha256;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Records of the ledger to bytes and back. The first byte says which, and in which version. */
final class LedgerCodec {
  private static final byte BEGIN = 1;
  private static final byte ACCOUNT_WITHOUT_ENDS = 2;
  private static final byte OPEN_WITHOUT_END = 3;
  private static final byte CLOSE = 4;
  private static final byte MISS = 5;
  private static final byte DEFER = 6;
  private static final byte HANDLED = 7;
  private static final byte REBASE = 8;
  private static final byte ACCOUNT = 9;
  private static final byte OPEN = 10;

  private LedgerCodec() {}

  static byte[] toBytes(LedgerRecord record) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      write(record, new Writer(out));
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads a record whose checksum was right.
   *
   * @throws IllegalStateException if it is none that this version knows: somebody else wrote it so
   */
  static LedgerRecord fromBytes(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      return read(new Reader(in));
    } catch (IOException | IllegalArgumentException | DateTimeException | ArithmeticException e) {
      throw new IllegalStateException(
          "the ledger has a record that this version cannot read ("
              + e
              + "); use the version that wrote it",
          e);
    }
  }

  private static void write(LedgerRecord record, Writer out) throws IOException {
    switch (record) {
      case LedgerRecord.Begin(long forgottenNumber) -> {
        out.data.writeByte(BEGIN);
        out.data.writeLong(forgottenNumber);
      }
      case LedgerRecord.Account account -> {
        out.data.writeByte(ACCOUNT);
        account(account, out);
      }
      case LedgerRecord.Open(Opened opened, Optional<Instant> handledThrough) -> {
        out.data.writeByte(OPEN);
        out.opened(opened);
        out.optional(handledThrough, out::instant);
      }
      case LedgerRecord.Close close -> {
        out.data.writeByte(CLOSE);
        out.association(close.association());
        out.trigger(close.trigger());
        out.optional(close.ended(), out::ended);
        out.optional(close.again(), out::again);
      }
      case LedgerRecord.Miss(AssociationId association, Past.CatchUp catchUp) -> {
        out.data.writeByte(MISS);
        out.association(association);
        out.catchUp(catchUp);
      }
      case LedgerRecord.Defer(AssociationId association, Past.Delay delay) -> {
        out.data.writeByte(DEFER);
        out.association(association);
        out.delay(delay);
      }
      case LedgerRecord.Handled(AssociationId association, Instant through) -> {
        out.data.writeByte(HANDLED);
        out.association(association);
        out.instant(through);
      }
      case LedgerRecord.Rebase(AssociationId association, Instant to) -> {
        out.data.writeByte(REBASE);
        out.association(association);
        out.instant(to);
      }
    }
  }

  private static void account(LedgerRecord.Account account, Writer out) throws IOException {
    out.association(account.association());
    out.optional(account.handledThrough(), out::instant);
    out.optional(account.forgottenThrough(), out::instant);
    out.data.writeLong(account.lastNumber());
    out.instant(account.touched());
    out.data.writeInt(account.ticks().size());
    for (long second : account.ticks().toArray()) {
      out.data.writeLong(second);
    }
    out.data.writeInt(account.others().size());
    for (LedgerRecord.Known known : account.others()) {
      out.trigger(known.trigger());
      out.instant(known.at());
    }
    out.optional(account.catchUp(), out::catchUp);
    out.optional(account.delay(), out::delay);
    out.optional(account.again(), out::again);
    out.optional(account.lastEnd(), out::ended);
    out.data.writeInt(account.open().size());
    for (Opened opened : account.open()) {
      out.opened(opened);
    }
  }

  private static LedgerRecord read(Reader in) throws IOException {
    byte kind = in.data.readByte();
    return switch (kind) {
      case BEGIN -> new LedgerRecord.Begin(in.data.readLong());
      case ACCOUNT_WITHOUT_ENDS -> account(in, false);
      case OPEN_WITHOUT_END -> new LedgerRecord.Open(in.opened(false), in.optional(in::instant));
      case ACCOUNT -> account(in, true);
      case OPEN -> new LedgerRecord.Open(in.opened(true), in.optional(in::instant));
      case CLOSE ->
          new LedgerRecord.Close(
              in.association(), in.trigger(), in.optional(in::ended), in.optional(in::again));
      case MISS -> new LedgerRecord.Miss(in.association(), in.catchUp());
      case DEFER -> new LedgerRecord.Defer(in.association(), in.delay());
      case HANDLED -> new LedgerRecord.Handled(in.association(), in.instant());
      case REBASE -> new LedgerRecord.Rebase(in.association(), in.instant());
      default ->
          throw new IllegalStateException(
              "the ledger has a record of kind "
                  + kind
                  + ", which this version does not know; use the version that wrote it");
    };
  }

  private static LedgerRecord.Account account(Reader in, boolean ends) throws IOException {
    AssociationId association = in.association();
    Optional<Instant> handledThrough = in.optional(in::instant);
    Optional<Instant> forgottenThrough = in.optional(in::instant);
    long lastNumber = in.data.readLong();
    Instant touched = in.instant();
    TickSet ticks = new TickSet();
    for (int left = in.count(); left > 0; left--) {
      ticks.add(Instant.ofEpochSecond(in.data.readLong()));
    }
    List<LedgerRecord.Known> others = new ArrayList<>();
    for (int left = in.count(); left > 0; left--) {
      others.add(new LedgerRecord.Known(in.trigger(), in.instant()));
    }
    Optional<Past.CatchUp> catchUp = in.optional(in::catchUp);
    Optional<Past.Delay> delay = in.optional(in::delay);
    Optional<Past.Again> again = in.optional(in::again);
    Optional<Ended> lastEnd = in.optional(in::ended);
    List<Opened> open = new ArrayList<>();
    for (int left = in.count(); left > 0; left--) {
      open.add(in.opened(ends));
    }
    return new LedgerRecord.Account(
        association,
        handledThrough,
        forgottenThrough,
        lastNumber,
        touched,
        ticks,
        others,
        catchUp,
        delay,
        again,
        lastEnd,
        open);
  }

  private record Writer(DataOutputStream data) {

    void association(AssociationId association) throws IOException {
      data.writeUTF(association.value());
    }

    void trigger(Trigger trigger) throws IOException {
      data.writeUTF(trigger.text());
    }

    void instant(Instant instant) throws IOException {
      data.writeLong(instant.getEpochSecond());
      data.writeInt(instant.getNano());
    }

    void catchUp(Past.CatchUp catchUp) throws IOException {
      instant(catchUp.tick());
      data.writeInt(catchUp.missed());
      instant(catchUp.notBefore());
    }

    void delay(Past.Delay delay) throws IOException {
      trigger(delay.trigger());
      instant(delay.notBefore());
    }

    void again(Past.Again again) throws IOException {
      trigger(again.trigger());
      data.writeInt(again.attempt());
      data.writeBoolean(again.caughtUp());
      data.writeInt(again.missedTicks());
      instant(again.since());
    }

    void ended(Ended ended) throws IOException {
      trigger(ended.trigger());
      data.writeUTF(ended.status().name());
      instant(ended.end());
    }

    void opened(Opened opened) throws IOException {
      association(opened.association());
      trigger(opened.trigger());
      data.writeInt(opened.attempt());
      data.writeLong(opened.startNumber());
      instant(opened.at());
      data.write(opened.assignment().raw());
      data.writeInt(opened.associationVersion());
      data.writeInt(opened.documentVersion());
      data.writeBoolean(opened.caughtUp());
      data.writeInt(opened.missedTicks());
      data.writeBoolean(opened.takesSlot());
      optional(opened.skipped(), data::writeUTF);
      data.writeUTF(opened.why());
      optional(opened.endBy(), this::instant);
    }

    <T> void optional(Optional<T> value, Write<T> write) throws IOException {
      data.writeBoolean(value.isPresent());
      if (value.isPresent()) {
        write.to(value.get());
      }
    }

    interface Write<T> {
      void to(T value) throws IOException;
    }
  }

  private record Reader(DataInputStream data) {

    AssociationId association() throws IOException {
      return new AssociationId(data.readUTF());
    }

    Trigger trigger() throws IOException {
      String text = data.readUTF();
      return Trigger.parse(text).orElseThrow(() -> new IOException("no trigger: " + text));
    }

    Instant instant() throws IOException {
      return Instant.ofEpochSecond(data.readLong(), data.readInt());
    }

    Past.CatchUp catchUp() throws IOException {
      return new Past.CatchUp(instant(), data.readInt(), instant());
    }

    Past.Delay delay() throws IOException {
      return new Past.Delay(trigger(), instant());
    }

    Past.Again again() throws IOException {
      return new Past.Again(
          trigger(), data.readInt(), data.readBoolean(), data.readInt(), instant());
    }

    Ended ended() throws IOException {
      return new Ended(trigger(), RunStatus.valueOf(data.readUTF()), instant());
    }

    Opened opened(boolean end) throws IOException {
      return new Opened(
          association(),
          trigger(),
          data.readInt(),
          data.readLong(),
          instant(),
          Sha256.ofRaw(data.readNBytes(32)),
          data.readInt(),
          data.readInt(),
          data.readBoolean(),
          data.readInt(),
          data.readBoolean(),
          optional(data::readUTF),
          end ? data.readUTF() : "",
          end ? optional(this::instant) : Optional.empty());
    }

    int count() throws IOException {
      int count = data.readInt();
      if (count < 0 || count > Frames.MAX_CONTENT) {
        throw new IOException("a list of " + count);
      }
      return count;
    }

    <T> Optional<T> optional(Read<T> read) throws IOException {
      return data.readBoolean() ? Optional.of(read.from()) : Optional.empty();
    }

    interface Read<T> {
      T from() throws IOException;
    }
  }
}
