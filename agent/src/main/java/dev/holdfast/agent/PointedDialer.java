package dev.holdfast.agent;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.link.Dialer;
import dev.holdfast.agent.link.OtherConnection;
import dev.holdfast.task.Failpoints;
import dev.holdfast.wire.agent.AgentMessage;
import java.util.function.Consumer;

/** A dialer whose connections have a failpoint behind each batch of reports. */
final class PointedDialer implements Dialer {
  private final Dialer dialer;
  private final Failpoints failpoints;

  PointedDialer(Dialer dialer, Failpoints failpoints) {
    this.dialer = dialer;
    this.failpoints = failpoints;
  }

  @Override
  public Connection dial(Listener listener) {
    return new OtherConnection(dialer.dial(listener)) {
      @Override
      public void send(AgentMessage message) {
        super.send(message);
        if (message.hasReports()) {
          failpoints.reach(Failpoints.AFTER_SEND);
        }
      }

      @Override
      public void renew(ByteString request, String installNonce, Consumer<RenewReply> reply) {
        super.renew(request, installNonce, reply);
        failpoints.reach(Failpoints.AFTER_RENEW_SEND);
      }
    };
  }
}
