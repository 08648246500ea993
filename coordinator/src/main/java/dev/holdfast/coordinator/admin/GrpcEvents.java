package dev.holdfast.coordinator.admin;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Sight;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.coordinator.trust.ParameterKeys;
import dev.holdfast.task.Timers;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.DeleteWebhookRequest;
import dev.holdfast.wire.v1.DeleteWebhookResponse;
import dev.holdfast.wire.v1.Event;
import dev.holdfast.wire.v1.EventServiceGrpc;
import dev.holdfast.wire.v1.ListWebhooksRequest;
import dev.holdfast.wire.v1.ListWebhooksResponse;
import dev.holdfast.wire.v1.PutWebhookRequest;
import dev.holdfast.wire.v1.PutWebhookResponse;
import dev.holdfast.wire.v1.WatchRequest;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/** The log as it grows: to whoever watches, and by webhooks. */
public final class GrpcEvents extends EventServiceGrpc.EventServiceImplBase {
  /** Watchers at once. */
  static final int MAX_WATCHERS = 100;

  private static final int CHUNK = 200;

  private final Store store;
  private final Calls calls;
  private final WebhookForm webhooks;
  private final Feeds feeds;

  /**
   * Over a store.
   *
   * @param keys seal the secrets of webhooks
   * @param executor where the log is read
   */
  public GrpcEvents(
      Store store, Calls calls, ParameterKeys keys, Executor executor, Timers timers) {
    this.store = store;
    this.calls = calls;
    this.webhooks = new WebhookForm(keys);
    this.feeds = new Feeds(executor, timers, MAX_WATCHERS);
    store.onCommit(feeds::wake);
  }

  @Override
  public void watch(WatchRequest request, StreamObserver<Event> answer) {
    Tail tail = new Tail(request);
    feeds.open(
        (ServerCallStreamObserver<Event>) answer,
        tail,
        Long.toString(tail.position),
        "after_position");
  }

  @Override
  public void putWebhook(PutWebhookRequest request, StreamObserver<PutWebhookResponse> answer) {
    calls.mutate(
        "PutWebhook",
        request,
        answer,
        write -> {
          PutWebhookResponse answered =
              PutWebhookResponse.newBuilder().addAllWarnings(webhooks.put(write, request)).build();
          return new Calls.Done<>(answered, List.of(request.getName()));
        });
  }

  @Override
  public void listWebhooks(
      ListWebhooksRequest request, StreamObserver<ListWebhooksResponse> answer) {
    calls.query(answer, read -> WebhookForm.page(read, request));
  }

  @Override
  public void deleteWebhook(
      DeleteWebhookRequest request, StreamObserver<DeleteWebhookResponse> answer) {
    calls.mutate(
        "DeleteWebhook",
        request,
        answer,
        write -> {
          WebhookForm.delete(write, request.getName());
          return new Calls.Done<>(
              DeleteWebhookResponse.getDefaultInstance(), List.of(request.getName()));
        });
  }

  /** The log after a position. */
  private final class Tail implements Feeds.Source<Event> {
    private final WatchRequest request;
    private final Sight sight;
    private long position;

    Tail(WatchRequest request) {
      this.request = request;
      this.sight = Caller.sight();
      this.position =
          request.getAfterPosition() < 0 ? store.position() : request.getAfterPosition();
    }

    @Override
    public Feeds.Chunk<Event> next() {
      List<EventLog.Event> events = calls.view(sight, this::read);
      return new Feeds.Chunk<>(
          events.stream()
              .filter(this::wanted)
              .map(event -> new Feeds.Item<>(toProto(event), Long.toString(event.position())))
              .toList(),
          events.size() == CHUNK,
          false,
          Optional.empty());
    }

    private List<EventLog.Event> read(Read read) {
      List<EventLog.Event> events =
          next(EventLog.oldest(read), EventLog.after(read, position, CHUNK));
      // behind the last that is seen there may be many that are not
      position =
          events.size() == CHUNK
              ? events.getLast().position()
              : Math.max(position, EventLog.newest(read));
      return events;
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
