package dev.holdfast.coordinator.command;

import com.google.gson.JsonObject;
import dev.holdfast.config.HostPort;

/**
 * What a host needs to join, and the words by which it does, for people and for what sets machines
 * up. All but JSON is made of the same commands, so that what holds for one form holds for all.
 *
 * @param address where the coordinator is reached by agents
 * @param pin of its authority
 * @param code a secret
 * @param expires until when it is good, as it is told
 * @param version of the package that is installed
 * @param replace whether the host leaves the coordinator that it is with
 */
record Invitation(
    HostPort address,
    String pin,
    String id,
    String code,
    String expires,
    String version,
    boolean replace) {

  /** In which form it is printed. */
  enum Form {
    /** For a root shell on the host. */
    SHELL,
    /** User data for machines that begin with cloud-init. */
    CLOUD_INIT,
    /** A list of Ansible tasks. */
    ANSIBLE,
    /** One line of JSON, for programs. */
    JSON
  }

  /** Without the code. */
  @Override
  public String toString() {
    return "Invitation[" + address + " " + id + "]";
  }

  /** In a form; ends with the end of a line. */
  String in(Form form) {
    return switch (form) {
      case SHELL -> shell();
      case CLOUD_INIT -> cloudInit();
      case ANSIBLE -> ansible();
      case JSON -> json();
    };
  }

  /** In brackets, so that a failure ends these commands and not the shell that they are put to. */
  private String shell() {
    return """
    # One host joins %s, or as many as the activation lets, until %s.
    # As root on the host, in the folder with the package.
    (
    set -eu
    if command -v holdfast-agent > /dev/null; then :
    elif command -v apt-get > /dev/null; then apt-get install -y ./holdfast-agent_%s_amd64.deb
    else rpm -i holdfast-agent-%s-1.x86_64.rpm; fi
    %s)
    """
        .formatted(address, expires, version, version, joining() + enabling());
  }

  private String cloudInit() {
    return """
    #cloud-config
    # Machines join %s until %s. The package comes from a repository, or is in the image.
    packages:
    - holdfast-agent
    runcmd:
    - |
      (
      set -eu
    %s  )
    """
        .formatted(address, expires, (joining() + enabling()).indent(2));
  }

  private String ansible() {
    return """
    # Hosts join %s until %s. The package comes from a repository, or is installed before.
    - name: the agent is installed
      ansible.builtin.package:
        name: holdfast-agent
        state: present
    - name: the host has joined
      ansible.builtin.shell:
        cmd: >-
          holdfast-agent enroll --coordinator %s
          --ca-pin %s
          --activation-id %s --activation-code-file -%s
        stdin: %s
        %s
      no_log: true
    - name: the agent runs
      ansible.builtin.systemd_service:
        name: holdfast-agent
        enabled: true
        state: started
    """
        .formatted(
            address,
            expires,
            address,
            pin,
            id,
            replacing(),
            code,
            // who changes has joined something before
            replace ? "chdir: /" : "creates: /var/lib/holdfast-agent/identity/identity");
  }

  private String json() {
    JsonObject fields = new JsonObject();
    fields.addProperty("activationId", id);
    fields.addProperty("activationCode", code);
    fields.addProperty("coordinator", address.toString());
    fields.addProperty("caPin", pin);
    fields.addProperty("expires", expires);
    return fields + "\n";
  }

  /** The code is in a file that only root reads, never in a list of arguments. */
  private String joining() {
    return """
    umask 077
    d=$(mktemp -d)
    trap 'rm -rf "$d"' EXIT
    cat > "$d/ca.pin" << 'END'
    %s
    END
    cat > "$d/code" << 'END'
    %s
    END
    holdfast-agent enroll --coordinator %s --ca-pin "$(cat "$d/ca.pin")" \\
      --activation-id %s --activation-code-file "$d/code"%s
    rm -f "$d/code"
    """
        .formatted(pin, code, address, id, replacing());
  }

  private String replacing() {
    return replace ? " --replace" : "";
  }

  private static String enabling() {
    return "systemctl enable --now holdfast-agent\n";
  }
}
