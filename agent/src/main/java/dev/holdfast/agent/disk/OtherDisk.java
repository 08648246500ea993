package dev.holdfast.agent.disk;

import java.util.List;
import java.util.Optional;

/** A disk over another one: all is done there, except what a subclass does otherwise. */
abstract class OtherDisk implements Disk {
  /** The other one. */
  final Disk disk;

  OtherDisk(Disk disk) {
    this.disk = disk;
  }

  @Override
  public Optional<byte[]> read(String path) {
    return disk.read(path);
  }

  @Override
  public byte[] read(String path, long offset, int length) {
    return disk.read(path, offset, length);
  }

  @Override
  public void sync(String path) {
    disk.sync(path);
  }

  @Override
  public void truncate(String path, long length) {
    disk.truncate(path, length);
  }

  @Override
  public void delete(String path) {
    disk.delete(path);
  }

  @Override
  public List<String> list(String folder) {
    return disk.list(folder);
  }

  @Override
  public Space space() {
    return disk.space();
  }
}
