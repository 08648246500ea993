package dev.holdfast.faults;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import dev.holdfast.system.Rig;
import io.grpc.CallCredentials;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.AbstractBlockingStub;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Tries limits: what is just within one, and what is one more. */
final class Edge {
  private static final Set<Status.Code> REFUSED =
      Set.of(
          Status.Code.INVALID_ARGUMENT,
          Status.Code.RESOURCE_EXHAUSTED,
          Status.Code.FAILED_PRECONDITION);

  private final Trial trial;
  private final Rig rig;
  private final Set<String> tried = new HashSet<>();
  private final AtomicInteger names = new AtomicInteger();

  Edge(Trial trial, Rig rig) {
    this.trial = trial;
    this.rig = rig;
  }

  Trial trial() {
    return trial;
  }

  Rig rig() {
    return rig;
  }

  /** How many limits were tried. */
  int tried() {
    return tried.size();
  }

  /** A name that nothing has yet. */
  String name() {
    return "edge-" + names.incrementAndGet();
  }

  /** Calls by the admin. */
  <S extends AbstractBlockingStub<S>> S by(Function<Channel, S> stub) {
    CallCredentials token = rig.token();
    return stub.apply(rig.channel()).withCallCredentials(token);
  }

  /**
   * Tries a limit of a size: so much is taken, one more is refused.
   *
   * @param limit its name
   * @param call with something of a size
   */
  void sized(String limit, int most, IntFunction<?> call) {
    within(limit, () -> call.apply(most));
    beyond(limit, most, () -> call.apply(most + 1));
  }

  /** The same where the refusal names another number: a limit has more than one part. */
  void sized(String limit, int most, IntFunction<?> call, long number) {
    within(limit, () -> call.apply(most));
    beyond(limit, number, () -> call.apply(most + 1));
  }

  /** What has to be taken. */
  void within(String limit, Supplier<?> call) {
    tried.add(limit);
    Status status = People.status(call);
    trial.count(Figure.ACKED, 1);
    trial.require(status.isOk(), limit + ": what is just within it ends with " + status);
  }

  /** What has to be refused, by a message with that number. */
  void beyond(String limit, long number, Supplier<?> call) {
    tried.add(limit);
    trial.count(Figure.FAULTS, 1);
    try {
      var _ = call.get();
      trial.require(false, limit + ": what is beyond it is taken");
    } catch (StatusRuntimeException e) {
      trial.count(Figure.REFUSED, 1);
      trial.require(
          REFUSED.contains(e.getStatus().getCode()) && names(told(e), number),
          limit + ": what is beyond it is refused without the number " + number + ": " + told(e));
    }
  }

  private static boolean names(String text, long number) {
    return Pattern.compile("(?<![0-9])" + number + "(?![0-9])").matcher(text).find();
  }

  /** All that a refusal says. */
  private static String told(StatusRuntimeException refusal) {
    StringBuilder told = new StringBuilder(refusal.getStatus().toString());
    com.google.rpc.Status details = StatusProto.fromThrowable(refusal);
    for (Any detail : details == null ? List.<Any>of() : details.getDetailsList()) {
      if (detail.is(BadRequest.class)) {
        try {
          detail
              .unpack(BadRequest.class)
              .getFieldViolationsList()
              .forEach(one -> told.append("; ").append(one.getDescription()));
        } catch (InvalidProtocolBufferException e) {
          throw new IllegalStateException("a finding can't be read", e);
        }
      }
    }
    return told.toString();
  }

  /** Does something so many times, several at once; all of it must be taken. */
  void fill(String limit, int count, IntFunction<?> call) throws InterruptedException {
    List<Future<Status>> done = new ArrayList<>();
    try (ExecutorService callers = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < count; i++) {
        int number = i;
        done.add(callers.submit(() -> People.status(() -> call.apply(number))));
      }
      for (Future<Status> one : done) {
        within(
            limit,
            () -> {
              try {
                Status status = one.get();
                if (!status.isOk()) {
                  throw status.asRuntimeException();
                }
                return status;
              } catch (InterruptedException | ExecutionException e) {
                throw new IllegalStateException("a call was not made", e);
              }
            });
      }
    }
  }

  /** Makes as many of something as there can be, of which some are there; then one more. */
  void until(String limit, int most, long before, Supplier<?> call) throws InterruptedException {
    fill(limit, (int) (most - before), _ -> call.get());
    beyond(limit, most, call);
  }
}
