package dev.holdfast.coordinator.admin;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.Event;
import dev.holdfast.wire.v1.EventServiceGrpc;
import dev.holdfast.wire.v1.WatchRequest;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The log as it grows. A watcher is a cursor: it is woken after commits and when its reader can
 * take more, and reads on from where it is. Nothing is buffered for it, so a slow reader costs
 * nothing.
 */
public final class GrpcEvents extends EventServiceGrpc.EventServiceImplBase {
  /** Watchers at once. */
  static final int MAX_WATCHERS = 100;

  private static final int CHUNK = 200;

  private final Store store;
  private final Executor executor;
  private final Set<Watcher> watchers = ConcurrentHashMap.newKeySet();

  /** Over a store; reading goes on on the executor. */
  public GrpcEvents(Store store, Executor executor) {
    this.store = store;
    this.executor = executor;
    store.onCommit(() -> watchers.forEach(Watcher::wake));
  }

  @Override
  public void watch(WatchRequest request, StreamObserver<Event> answer) {
    if (watchers.size() >= MAX_WATCHERS) {
      answer.onError(
          new Refusal(
                  "WatcherLimitExceeded",
                  "there are " + MAX_WATCHERS + " watchers; no more are allowed")
              .status());
      return;
    }
    Watcher watcher = new Watcher(request, (ServerCallStreamObserver<Event>) answer);
    watchers.add(watcher);
    watcher.begin();
  }

  private final class Watcher {
    private final WatchRequest request;
    private final ServerCallStreamObserver<Event> answer;
    private final AtomicBoolean woken = new AtomicBoolean();
    private long position;
    private boolean ended;

    Watcher(WatchRequest request, ServerCallStreamObserver<Event> answer) {
      this.request = request;
      this.answer = answer;
      this.position =
          request.getAfterPosition() < 0 ? store.position() : request.getAfterPosition();
    }

    void begin() {
      answer.setOnCancelHandler(() -> watchers.remove(this));
      answer.setOnReadyHandler(this::wake);
      wake();
    }

    /** Reads on, soon; several wakes before that are one. */
    void wake() {
      if (woken.compareAndSet(false, true)) {
        executor.execute(this::readOn);
      }
    }

    private synchronized void readOn() {
      woken.set(false);
      try {
        while (!ended && answer.isReady() && !answer.isCancelled()) {
          List<EventLog.Event> events =
              store.read(
                  read -> next(EventLog.oldest(read), EventLog.after(read, position, CHUNK)));
          for (EventLog.Event event : events) {
            position = event.position();
            if (wanted(event)) {
              answer.onNext(toProto(event));
            }
          }
          if (events.size() < CHUNK) {
            return;
          }
        }
      } catch (Refusal truncated) {
        ended = true;
        watchers.remove(this);
        answer.onError(truncated.status());
      }
    }

    private List<EventLog.Event> next(long oldest, List<EventLog.Event> events) {
      if (position > 0 && position < oldest - 1) {
        throw new Refusal(
            "EventsTruncated",
            "the oldest event that is kept is " + oldest + ": start over from the rows");
      }
      return events;
    }

    private boolean wanted(EventLog.Event event) {
      return (request.getTypesCount() == 0 || request.getTypesList().contains(event.type()))
          && (request.getResourceIdsCount() == 0
              || event.resources().stream().anyMatch(request.getResourceIdsList()::contains));
    }
  }

  private static Event toProto(EventLog.Event event) {
    Struct.Builder detail = Struct.newBuilder();
    event
        .detail()
        .forEach(
            (key, value) ->
                detail.putFields(key, Value.newBuilder().setStringValue(value).build()));
    return Event.newBuilder()
        .setPosition(event.position())
        .setEpoch(event.epoch())
        .setTime(Times.toProto(event.time()))
        .setType(event.type())
        .addAllResources(event.resources())
        .setDetail(detail)
        .build();
  }
}
