package dev.holdfast.coordinator.testing;

import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.coordinator.trust.Role;
import io.grpc.Context;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Lets each test of a class make its calls as somebody who may do everything. */
public final class AsAdmin implements BeforeEachCallback, AfterEachCallback {
  private static final ExtensionContext.Namespace OWN =
      ExtensionContext.Namespace.create(AsAdmin.class);

  @Override
  public void beforeEach(ExtensionContext test) {
    Context before =
        Context.current()
            .withValue(Caller.KEY, new Caller.Person("ann", Role.ADMIN, Optional.empty()))
            .attach();
    test.getStore(OWN).put("before", before);
  }

  @Override
  public void afterEach(ExtensionContext test) {
    Context.current().detach(test.getStore(OWN).get("before", Context.class));
  }
}
