package dev.holdfast.agent.testing;

/** The program ends here, whatever it was doing. */
public final class PowerCut extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** In the middle of an operation. */
  public PowerCut(String during) {
    super("power cut during " + during);
  }
}
