package dev.holdfast.faults;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.Timestamps;
import dev.holdfast.wire.v1.ActivationServiceGrpc;
import dev.holdfast.wire.v1.AssociationServiceGrpc;
import dev.holdfast.wire.v1.ClearFreezeRequest;
import dev.holdfast.wire.v1.CreateActivationRequest;
import dev.holdfast.wire.v1.CreateInstanceGroupRequest;
import dev.holdfast.wire.v1.CreateTokenRequest;
import dev.holdfast.wire.v1.EventServiceGrpc;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.InstanceServiceGrpc;
import dev.holdfast.wire.v1.PutRoleBindingRequest;
import dev.holdfast.wire.v1.PutWebhookRequest;
import dev.holdfast.wire.v1.SetFreezeRequest;
import dev.holdfast.wire.v1.TokenServiceGrpc;
import java.time.Duration;
import java.util.stream.IntStream;

/** The edges of what is said of the whole fleet: who comes, who may, whom it is told. */
final class FleetEdges {
  private final Edge edge;

  FleetEdges(Edge edge) {
    this.edge = edge;
  }

  void tryAll() throws InterruptedException {
    activations();
    people();
    groups();
    webhooks();
    freezes();
  }

  private Object activate(CreateActivationRequest.Builder request) {
    return edge.by(ActivationServiceGrpc::newBlockingStub).createActivation(request.build());
  }

  private void activations() {
    edge.sized(
        "uses of an activation",
        100_000,
        n -> activate(CreateActivationRequest.newBuilder().setRegistrationLimit(n)));
    edge.sized(
        "networks of an activation",
        50,
        n -> {
          CreateActivationRequest.Builder some = CreateActivationRequest.newBuilder();
          IntStream.range(0, n).forEach(i -> some.addSourceCidrs("10." + i + ".0.0/16"));
          return activate(some);
        });
    edge.sized(
        "characters of an activation's description",
        256,
        n -> activate(CreateActivationRequest.newBuilder().setDescription(DocumentEdges.x(n))));
    edge.within(
        "days of an activation", () -> expiring(Duration.ofDays(30).minus(Duration.ofMinutes(1))));
    edge.beyond(
        "days of an activation",
        30,
        () -> expiring(Duration.ofDays(30).plus(Duration.ofMinutes(1))));
  }

  private Object expiring(Duration life) {
    return activate(
        CreateActivationRequest.newBuilder()
            .setExpirationDate(
                Timestamps.fromMillis(System.currentTimeMillis() + life.toMillis())));
  }

  private TokenServiceGrpc.TokenServiceBlockingStub tokens() {
    return edge.by(TokenServiceGrpc::newBlockingStub);
  }

  private Object token(CreateTokenRequest.Builder request) {
    return tokens().createToken(request.setRole("viewer").build());
  }

  private void people() {
    edge.sized(
        "characters of a token's name",
        64,
        n -> token(CreateTokenRequest.newBuilder().setName("t".repeat(n))));
    edge.sized(
        "days of a token",
        90,
        n -> token(CreateTokenRequest.newBuilder().setName(edge.name()).setTtl(n + "d")));
    edge.sized(
        "MAX_SCOPE_TAGS",
        10,
        n -> token(CreateTokenRequest.newBuilder().setName(edge.name()).setTagScope(scope(n, 1))));
    edge.sized(
        "MAX_SCOPE_VALUES",
        50,
        n -> token(CreateTokenRequest.newBuilder().setName(edge.name()).setTagScope(scope(1, n))));
    String bound = edge.name();
    var _ = token(CreateTokenRequest.newBuilder().setName(bound));
    for (int i = 0; i < 20; i++) {
      int number = i;
      edge.within("MAX_ROLE_BINDINGS", () -> bind(bound, number));
    }
    edge.beyond("MAX_ROLE_BINDINGS", 20, () -> bind(bound, 20));
  }

  private Object bind(String principal, int number) {
    return tokens()
        .putRoleBinding(
            PutRoleBindingRequest.newBuilder()
                .setPrincipal(principal)
                .setRole("viewer")
                .setTagScope(
                    Struct.newBuilder()
                        .putFields("Team", Value.newBuilder().setStringValue("t" + number).build()))
                .build());
  }

  private static Struct scope(int tags, int values) {
    ListValue.Builder list = ListValue.newBuilder();
    IntStream.range(0, values)
        .forEach(i -> list.addValues(Value.newBuilder().setStringValue("value" + i)));
    Struct.Builder scope = Struct.newBuilder();
    IntStream.range(0, tags)
        .forEach(i -> scope.putFields("Key" + i, Value.newBuilder().setListValue(list).build()));
    return scope.build();
  }

  private Object group(CreateInstanceGroupRequest.Builder request) {
    return edge.by(InstanceServiceGrpc::newBlockingStub)
        .createInstanceGroup(request.setName(edge.name()).build());
  }

  private static CreateInstanceGroupRequest.Builder filtered(int filters, int values) {
    CreateInstanceGroupRequest.Builder request = CreateInstanceGroupRequest.newBuilder();
    for (int i = 0; i < filters; i++) {
      Filter.Builder filter = Filter.newBuilder().setKey("tag:Key" + i);
      IntStream.range(0, values).forEach(j -> filter.addValues("value" + j));
      request.addFilters(filter);
    }
    return request;
  }

  private void groups() throws InterruptedException {
    edge.sized("MAX_GROUP_FILTERS", 50, n -> group(filtered(n, 1)));
    edge.sized("MAX_GROUP_VALUES", 200, n -> group(filtered(1, n)));
    edge.sized(
        "MAX_TARGET_KEY",
        163,
        n ->
            group(
                CreateInstanceGroupRequest.newBuilder()
                    .addFilters(
                        Filter.newBuilder().setKey("tag:" + "k".repeat(n - 4)).addValues("v"))));
    if (edge.trial().scale() != Scale.SMOKE) {
      edge.until("MAX_INSTANCE_GROUPS", 1_000, 3, () -> group(filtered(1, 1)));
    }
  }

  private Object webhook(String name, String path, int types, int secret) {
    PutWebhookRequest.Builder request =
        PutWebhookRequest.newBuilder()
            .setName(name)
            .setUrl("https://hooks.invalid/" + path)
            .setSecret("s".repeat(secret));
    // Of types that never come, so that nothing is sent.
    IntStream.range(0, types)
        .forEach(i -> request.addTypes("Never" + (char) ('A' + i / 26) + (char) ('A' + i % 26)));
    return edge.by(EventServiceGrpc::newBlockingStub).putWebhook(request.build());
  }

  private void webhooks() {
    String one = edge.name();
    edge.sized("MAX_WEBHOOK_TYPES", 50, n -> webhook(one, "", n, 20));
    edge.sized("characters of a webhook's secret", 256, n -> webhook(one, "", 1, n));
    int url = "https://hooks.invalid/".length();
    edge.sized(
        "characters of a webhook's URL", 2_048, n -> webhook(one, "p".repeat(n - url), 1, 20));
    for (int i = 1; i < 20; i++) {
      edge.within("MAX_WEBHOOKS", () -> webhook(edge.name(), "", 1, 20));
    }
    edge.beyond("MAX_WEBHOOKS", 20, () -> webhook(edge.name(), "", 1, 20));
  }

  private void freezes() {
    var associations = edge.by(AssociationServiceGrpc::newBlockingStub);
    edge.sized(
        "MAX_REASON_CHARS",
        4_096,
        n ->
            associations.setFreeze(
                SetFreezeRequest.newBuilder().setReason(DocumentEdges.x(n)).build()));
    edge.within(
        "MAX_REASON_CHARS",
        () -> associations.clearFreeze(ClearFreezeRequest.getDefaultInstance()));
  }
}
