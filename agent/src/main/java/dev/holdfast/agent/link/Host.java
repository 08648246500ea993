package dev.holdfast.agent.link;

/**
 * What the agent says of itself in every hello. It decides nothing of what it gets.
 *
 * @param agentVersion of this program
 * @param platformType Linux, Windows or MacOS
 * @param platformName of the distribution
 * @param platformVersion of the distribution
 * @param computerName the host's name
 * @param ipAddress its first address that is not the loopback's; empty if there is none
 * @param bootId names this start of the host
 * @param installNonce random, made when it enrolled: tells copies of a host apart
 * @param processNonce random, made when this process started
 * @param fingerprint of the machine; empty if it is not known
 */
public record Host(
    String agentVersion,
    String platformType,
    String platformName,
    String platformVersion,
    String computerName,
    String ipAddress,
    String bootId,
    String installNonce,
    String processNonce,
    String fingerprint) {}
