package dev.holdfast.coordinator.admin;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.util.JsonFormat;
import dev.holdfast.coordinator.store.AuditTrail;
import dev.holdfast.coordinator.store.ClientTokens;
import dev.holdfast.coordinator.store.OutOfSight;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Sight;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.WireException;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How every call of an admin service is carried out: a query reads one view of the store; a
 * mutation is one transaction that also writes the audit row and, if the request names itself,
 * remembers the answer.
 */
public final class Calls {
  private static final Logger LOG = LoggerFactory.getLogger("admin");

  /** Fields that never reach the audit trail: secrets, and text that may hold some or is large. */
  private static final Set<String> SENSITIVE =
      Set.of("content", "parameters", "value", "activation_code", "secret");

  private static final int MAX_AUDIT_CHARS = 4_000;

  private final Store store;
  private final Supplier<UUID> ids;
  private final Denials denials;

  /** Over a store; ids come from the given source. Each refusal is a row of the audit trail. */
  public Calls(Store store, Supplier<UUID> ids) {
    this(store, ids, new Denials(store, ids, Optional.empty()));
  }

  /**
   * Over a store; ids come from the given source.
   *
   * @param denials where refusals are written down
   */
  public Calls(Store store, Supplier<UUID> ids, Denials denials) {
    this.store = store;
    this.ids = ids;
    this.denials = denials;
  }

  /** What a mutation did. */
  public record Done<P>(P response, List<String> resources) {}

  /** A new random id. */
  public String newId() {
    return ids.get().toString();
  }

  /**
   * Reads rows for an answer that comes in parts.
   *
   * @param sight of whoever asked, taken along from their call
   */
  public <T> T view(Sight sight, Function<Read, T> work) {
    return store.read(sight, work);
  }

  /** Answers a query: rows of instances that the caller may not see are not there. */
  public <P> void query(StreamObserver<P> answer, Function<Read, P> work) {
    query("", answer, work);
  }

  /**
   * Answers a query about what a mutation would do.
   *
   * @param rehearsal what it comes to; all of it is undone
   * @param work the answer, from that and from the rows as they are
   */
  public <R, P> void foresee(
      StreamObserver<P> answer, Function<Write, R> rehearsal, BiFunction<Read, R, P> work) {
    respond(
        "",
        answer,
        () -> {
          R rehearsed = store.rehearse(Caller.sight(), rehearsal);
          return store.read(Caller.sight(), read -> work.apply(read, rehearsed));
        });
  }

  /** Carries out a mutation; of one that is a dry run nothing stays, no audit row either. */
  public <P extends Message> void mutate(
      String method, Message request, StreamObserver<P> answer, Function<Write, Done<P>> work) {
    if (dryRun(request)) {
      respond(
          method,
          answer,
          () -> store.rehearse(Caller.sight(), write -> work.apply(write).response()));
      return;
    }
    respond(
        method,
        answer,
        () -> store.write(Caller.sight(), write -> audited(write, method, request, work)));
  }

  /**
   * The same for a query that somebody may ask for more than anybody is told: that refusal is in
   * the audit trail.
   */
  public <P> void query(String method, StreamObserver<P> answer, Function<Read, P> work) {
    respond(method, answer, () -> store.read(Caller.sight(), work));
  }

  /** Carries out a mutation whose request may carry a client token. */
  public <P extends Message> void mutateOnce(
      String method,
      Message request,
      String clientToken,
      Parser<P> parser,
      StreamObserver<P> answer,
      Function<Write, Done<P>> work) {
    mutateOnce(method, request, clientToken, Sha256::of, parser, answer, work);
  }

  /**
   * The same for a request that has a secret in it.
   *
   * @param fingerprint what is kept of the bytes of the request, to tell it from others
   */
  public <P extends Message> void mutateOnce(
      String method,
      Message request,
      String clientToken,
      Function<byte[], Sha256> fingerprint,
      Parser<P> parser,
      StreamObserver<P> answer,
      Function<Write, Done<P>> work) {
    if (clientToken.isEmpty() || dryRun(request)) {
      mutate(method, request, answer, work);
      return;
    }
    String asker = Caller.person().name(); // nobody gets another's answer
    respond(
        method,
        answer,
        () ->
            store.write(
                Caller.sight(),
                write -> {
                  Sha256 hash = fingerprint.apply(request.toByteArray());
                  Optional<ClientTokens.Answer> given =
                      ClientTokens.find(write, method, asker, clientToken);
                  if (given.isPresent()) {
                    if (!given.get().request().equals(hash)) {
                      throw new Refusal(
                          "IdempotentParameterMismatch",
                          "the client_token was used for another request of the last 24 hours");
                    }
                    return parse(parser, given.get());
                  }
                  P response = audited(write, method, request, work);
                  ClientTokens.add(
                      write, method, asker, clientToken, hash, response.toByteString());
                  return response;
                }));
  }

  private static boolean dryRun(Message request) {
    FieldDescriptor field = request.getDescriptorForType().findFieldByName("dry_run");
    return field != null && request.getField(field).equals(true);
  }

  private <P extends Message> P audited(
      Write write, String method, Message request, Function<Write, Done<P>> work) {
    Done<P> done = work.apply(write);
    AuditTrail.add(
        write,
        newId(),
        method,
        Caller.person().name(),
        Caller.address(),
        done.resources(),
        "ALLOWED",
        "",
        withoutSecrets(request));
    return done.response();
  }

  private static <P extends Message> P parse(Parser<P> parser, ClientTokens.Answer answer) {
    try {
      return parser.parseFrom(answer.response());
    } catch (InvalidProtocolBufferException e) {
      throw new StoreException("a remembered answer can't be read", e);
    }
  }

  /** A request as the audit trail has it. */
  static String withoutSecrets(Message request) {
    Message.Builder copy = request.toBuilder();
    clear(copy);
    try {
      String json =
          JsonFormat.printer()
              .preservingProtoFieldNames()
              .omittingInsignificantWhitespace()
              .print(copy);
      return json.length() > MAX_AUDIT_CHARS ? "{}" : json;
    } catch (InvalidProtocolBufferException e) {
      return "{}";
    }
  }

  private static void clear(Message.Builder builder) {
    for (FieldDescriptor field : builder.getDescriptorForType().getFields()) {
      if (SENSITIVE.contains(field.getName())) {
        builder.clearField(field);
      } else if (ours(field) && field.isRepeated()) {
        for (int i = 0; i < builder.getRepeatedFieldCount(field); i++) {
          Message.Builder item = ((Message) builder.getRepeatedField(field, i)).toBuilder();
          clear(item);
          builder.setRepeatedField(field, i, item.build());
        }
      } else if (ours(field) && builder.hasField(field)) {
        clear(builder.getFieldBuilder(field));
      }
    }
  }

  private static boolean ours(FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
        && field.getMessageType().getFullName().startsWith("holdfast.")
        && !field.isMapField();
  }

  private <P> void respond(String method, StreamObserver<P> answer, Supplier<P> work) {
    P response;
    try {
      response = answered(method, work);
    } catch (Refusal refusal) {
      answer.onError(refusal.status());
      return;
    } catch (WireException e) {
      answer.onError(new Refusal("ValidationError", String.valueOf(e.getMessage())).status());
      return;
    } catch (RuntimeException e) {
      LOG.error("a call failed", e);
      answer.onError(
          Status.UNAVAILABLE
              .withDescription("the store could not be used; try again, and see the log")
              .asRuntimeException());
      return;
    }
    answer.onNext(response);
    answer.onCompleted();
  }

  /** What the work comes to; what the caller may not do is in the audit trail before they hear. */
  private <P> P answered(String method, Supplier<P> work) {
    try {
      return work.get();
    } catch (OutOfSight outside) {
      throw denied(method, new Refusal("AccessDenied", String.valueOf(outside.getMessage())));
    } catch (Refusal refusal) {
      throw refusal.reason().equals("AccessDenied") ? denied(method, refusal) : refusal;
    }
  }

  private Refusal denied(String method, Refusal refusal) {
    denials.refused(
        Caller.person().name(), method, Caller.address(), String.valueOf(refusal.getMessage()));
    return refusal;
  }
}
