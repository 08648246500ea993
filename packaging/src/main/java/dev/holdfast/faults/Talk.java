package dev.holdfast.faults;

import com.google.protobuf.util.Timestamps;
import dev.holdfast.wire.RetryTime;
import dev.holdfast.wire.agent.Ack;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.AssignmentBody;
import dev.holdfast.wire.agent.AssignmentReference;
import dev.holdfast.wire.agent.AssignmentSet;
import dev.holdfast.wire.agent.BodyChunk;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.FetchBodyRequest;
import dev.holdfast.wire.agent.Hello;
import dev.holdfast.wire.agent.LinkServiceGrpc;
import dev.holdfast.wire.agent.Platform;
import dev.holdfast.wire.agent.Report;
import dev.holdfast.wire.agent.ReportBatch;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A link, message by message. */
final class Talk implements AutoCloseable {
  private final LinkServiceGrpc.LinkServiceBlockingStub calls;
  private final StreamObserver<AgentMessage> out;
  private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
  private volatile Optional<Duration> retryAfter = Optional.empty();

  /** What came: a message, or the end. */
  sealed interface Heard {
    /** A message. */
    record Said(CoordinatorMessage message) implements Heard {}

    /** The end of the link. */
    record Ended(Status status) implements Heard {}
  }

  private Talk(Channel channel, Metadata headers) {
    this.calls =
        LinkServiceGrpc.newBlockingStub(channel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    this.out =
        LinkServiceGrpc.newStub(channel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
            .connect(
                new StreamObserver<>() {
                  @Override
                  public void onNext(CoordinatorMessage message) {
                    heard.add(new Heard.Said(message));
                  }

                  @Override
                  public void onError(Throwable failure) {
                    retryAfter = RetryTime.of(failure);
                    heard.add(new Heard.Ended(Status.fromThrowable(failure)));
                  }

                  @Override
                  public void onCompleted() {
                    heard.add(new Heard.Ended(Status.OK));
                  }
                });
  }

  /** A link without a hello. */
  static Talk silent(Channel channel) {
    return new Talk(channel, new Metadata());
  }

  /** A link that says hello, with metadata beside it. */
  static Talk hello(Channel channel, String spool, Metadata headers) {
    Talk talk = new Talk(channel, headers);
    talk.say(
        AgentMessage.newBuilder()
            .setHello(
                Hello.newBuilder()
                    .setAgentVersion("0")
                    .setPlatform(Platform.newBuilder().setType("Linux").setComputerName("handmade"))
                    .setBootId("boot")
                    .setInstallNonce("nonce")
                    .setClock(Timestamps.fromMillis(System.currentTimeMillis()))
                    .setSpoolEpoch(spool)));
    return talk;
  }

  /** A link that says hello. */
  static Talk hello(Channel channel, String spool) {
    return hello(channel, spool, new Metadata());
  }

  void say(AgentMessage.Builder message) {
    out.onNext(message.build());
  }

  /** Whether a message would be sent rather than kept here. */
  boolean ready() {
    return ((ClientCallStreamObserver<AgentMessage>) out).isReady();
  }

  /** After which time to come again, as the coordinator said when it ended the link. */
  Optional<Duration> retryAfter() {
    return retryAfter;
  }

  /** Sends reports. */
  void report(List<Report> reports) {
    say(AgentMessage.newBuilder().setReports(ReportBatch.newBuilder().addAllReports(reports)));
  }

  /** Sends reports; how they were answered. */
  Optional<Ack> answered(List<Report> reports) throws InterruptedException {
    report(reports);
    return await(message -> message.hasAck() ? Optional.of(message.getAck()) : Optional.empty());
  }

  /** The next set that is told. */
  Optional<AssignmentSet> set() throws InterruptedException {
    return await(message -> message.hasSet() ? Optional.of(message.getSet()) : Optional.empty());
  }

  /** The next message that says so, if one comes in 20 s; what comes before it is dropped. */
  <T> Optional<T> await(Function<CoordinatorMessage, Optional<T>> what)
      throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (true) {
      Heard next = heard.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      if (next == null) {
        return Optional.empty();
      }
      if (next instanceof Heard.Ended) {
        heard.add(next);
        return Optional.empty();
      }
      if (next instanceof Heard.Said(var message)) {
        Optional<T> found = what.apply(message);
        if (found.isPresent()) {
          return found;
        }
      }
    }
  }

  /** How the link ends, if it does in that time. */
  Optional<Status> end(Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (true) {
      Heard next = heard.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      if (next == null) {
        return Optional.empty();
      }
      if (next instanceof Heard.Ended(var status)) {
        heard.add(next);
        return Optional.of(status);
      }
    }
  }

  /** The body of an assignment of a set. */
  AssignmentBody body(AssignmentReference reference) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Iterator<BodyChunk> chunks =
        calls
            .withDeadlineAfter(20, TimeUnit.SECONDS)
            .fetchBody(FetchBodyRequest.newBuilder().setSha256(reference.getSha256()).build());
    while (chunks.hasNext()) {
      chunks.next().getData().writeTo(bytes);
    }
    return AssignmentBody.parseFrom(bytes.toByteArray());
  }

  /** The unary calls of the link's service. */
  LinkServiceGrpc.LinkServiceBlockingStub calls() {
    return calls.withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    out.onError(Status.CANCELLED.asException());
  }
}
