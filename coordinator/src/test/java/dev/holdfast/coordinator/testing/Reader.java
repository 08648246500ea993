package dev.holdfast.coordinator.testing;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Somebody who reads a stream: as much as it was told to take, then nothing. */
public final class Reader<T> extends ServerCallStreamObserver<T> {
  /** What it was sent. */
  public final List<T> read = new ArrayList<>();

  /** How the stream ended, if by an error. */
  public Optional<Throwable> failure = Optional.empty();

  /** Whether the stream ended well. */
  public boolean completed;

  private int room;
  private boolean cancelled;
  private Runnable ready = () -> {};
  private Runnable cancel = () -> {};

  /** One that takes so many messages before it has to be asked again. */
  public Reader(int room) {
    this.room = room;
  }

  /** It takes more. */
  public void take(int more) {
    room += more;
    ready.run();
  }

  /** It goes away. */
  public void leave() {
    cancelled = true;
    cancel.run();
  }

  @Override
  public boolean isReady() {
    return read.size() < room;
  }

  @Override
  public void onNext(T value) {
    if (completed || failure.isPresent()) {
      throw new IllegalStateException("the stream has ended");
    }
    read.add(value);
  }

  @Override
  public void onError(Throwable thrown) {
    failure = Optional.of(thrown);
  }

  @Override
  public void onCompleted() {
    completed = true;
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }

  @Override
  public void setOnCancelHandler(Runnable handler) {
    cancel = handler;
  }

  @Override
  public void setOnReadyHandler(Runnable handler) {
    ready = handler;
  }

  @Override
  public void setCompression(String compression) {
    throw new IllegalStateException("nobody asks for it");
  }

  @Override
  public void request(int count) {
    throw new IllegalStateException("nobody asks for it");
  }

  @Override
  public void setMessageCompression(boolean enable) {
    throw new IllegalStateException("nobody asks for it");
  }

  @Override
  public void disableAutoInboundFlowControl() {
    throw new IllegalStateException("nobody asks for it");
  }
}
