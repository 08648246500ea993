package dev.holdfast.state;

/**
 * Something of a host that has a state, and the state that it should have. What is not said of it
 * is not looked at.
 */
public sealed interface Resource
    permits ManagedFile, Packages, Service, User, Group, Ports, Sysctl, Script {

  /** Names it for people, and in each difference: {@code /etc/motd}. */
  String subject();
}
