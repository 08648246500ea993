package dev.holdfast.agent.download;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.Map;

/** Downloads for steps. Called on a worker, which may be interrupted. */
public interface Downloads {
  /** Within the folder of a start of a step: credentials, while a program needs them as files. */
  String CREDENTIALS = "credentials";

  /**
   * Downloads. Files are at their destination whole, synced, and executable for their owner; of a
   * download that fails or is interrupted no part is there. Doing it again does it anew.
   *
   * @return where the content is: a file, or a folder
   * @throws DownloadException if it fails
   * @throws InterruptedException if the worker was interrupted; programs that were started may be
   *     left, under the mark of the order's folder
   */
  Path get(Order order) throws InterruptedException;

  /**
   * What to download.
   *
   * @param destination as it is written (spec.md section 2.5)
   * @param folder of this start of the step alone
   * @param downloads of the run; made if it is needed
   * @param documents that came with the run, by the names as steps have them
   */
  record Order(
      Source source,
      String destination,
      Path folder,
      Path downloads,
      Map<String, ByteString> documents) {
    /** Copies the map. */
    public Order {
      documents = Map.copyOf(documents);
    }
  }
}
