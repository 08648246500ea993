package dev.holdfast.state;

/**
 * {@code state:sysctl}: a setting of the kernel.
 *
 * @param key with dots: {@code net.ipv4.ip_forward}; a dot within a name is written as a slash
 * @param value blanks and tabs between its words are one blank
 * @param persist whether it is also set at the next start of the host
 */
public record Sysctl(String key, String value, boolean persist) implements Resource {

  @Override
  public String subject() {
    return "sysctl " + key;
  }
}
