package dev.holdfast.agent.disk;

import dev.holdfast.agent.testing.MemoryDisk;

final class MemoryDiskContractTest implements DiskContract {

  @Override
  public Disk disk() {
    return new MemoryDisk();
  }
}
