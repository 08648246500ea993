package dev.holdfast.coordinator.admin;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.util.JsonFormat;
import dev.holdfast.coordinator.store.AuditTrail;
import dev.holdfast.coordinator.store.ClientTokens;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.coordinator.trust.Policy;
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

  /** Over a store; ids come from the given source. */
  public Calls(Store store, Supplier<UUID> ids) {
    this.store = store;
    this.ids = ids;
  }

  /** What a mutation did. */
  public record Done<P>(P response, List<String> resources) {}

  /** A new random id. */
  public String newId() {
    return ids.get().toString();
  }

  /** Reads rows for an answer that comes in parts. */
  public <T> T view(Function<Read, T> work) {
    return store.read(work);
  }

  /** Answers a query. */
  public <P> void query(StreamObserver<P> answer, Function<Read, P> work) {
    respond(answer, () -> store.read(work));
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
        answer,
        () -> {
          R rehearsed = store.rehearse(rehearsal);
          return store.read(read -> work.apply(read, rehearsed));
        });
  }

  /** Carries out a mutation; of one that is a dry run nothing stays, no audit row either. */
  public <P extends Message> void mutate(
      String method, Message request, StreamObserver<P> answer, Function<Write, Done<P>> work) {
    if (dryRun(request)) {
      respond(answer, () -> store.rehearse(write -> work.apply(write).response()));
      return;
    }
    respond(answer, () -> store.write(write -> audited(write, method, request, work)));
  }

  /**
   * Answers a query whose answer may have secrets in it: these only for a role that may see them,
   * and never without a row in the audit trail.
   *
   * @param work the answer, and as resources the secrets that are in it
   */
  public <P extends Message> void disclose(
      String method, Message request, StreamObserver<P> answer, Function<Read, Done<P>> work) {
    respond(
        answer,
        () -> {
          Done<P> done = store.read(work);
          if (done.resources().isEmpty()) {
            return done.response();
          }
          Caller.Person person = Caller.person();
          if (!Policy.maySeeSecrets(person.role())) {
            denied(person, method, Caller.address());
            throw new Refusal(
                "AccessDenied",
                "the role "
                    + person.role().text()
                    + " may not see the value of a SecureString; ask without with_decryption");
          }
          return store.write(write -> audited(write, method, request, _ -> done));
        });
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
    respond(
        answer,
        () ->
            store.write(
                write -> {
                  Sha256 hash = fingerprint.apply(request.toByteArray());
                  Optional<ClientTokens.Answer> given =
                      ClientTokens.find(write, method, clientToken);
                  if (given.isPresent()) {
                    if (!given.get().request().equals(hash)) {
                      throw new Refusal(
                          "IdempotentParameterMismatch",
                          "the client_token was used for another request of the last 24 hours");
                    }
                    return parse(parser, given.get());
                  }
                  P response = audited(write, method, request, work);
                  ClientTokens.add(write, method, clientToken, hash, response.toByteString());
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

  /** Notes that a person was not allowed to make a call. */
  public void denied(Caller.Person person, String method, String address) {
    String name = method.substring(method.indexOf('/') + 1);
    store.write(
        write -> {
          AuditTrail.add(
              write,
              newId(),
              name,
              person.name(),
              address,
              List.of(),
              "DENIED",
              "the role " + person.role().text() + " lacks it",
              "{}");
          return true;
        });
  }

  private static <P extends Message> P parse(Parser<P> parser, ClientTokens.Answer answer) {
    try {
      return parser.parseFrom(answer.response());
    } catch (InvalidProtocolBufferException e) {
      throw new StoreException("a remembered answer can't be read", e);
    }
  }

  private static String withoutSecrets(Message request) {
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

  private static <P> void respond(StreamObserver<P> answer, Supplier<P> work) {
    P response;
    try {
      response = work.get();
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
}
