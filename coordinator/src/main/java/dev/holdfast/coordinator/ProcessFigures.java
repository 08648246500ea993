package dev.holdfast.coordinator;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.holdfast.coordinator.server.Metrics;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** What the coordinator's process takes of its machine. */
final class ProcessFigures {
  private ProcessFigures() {}

  static void add(Metrics metrics, String version) {
    metrics.gauge(
        "holdfast_build_info",
        "1, with the version of the program that runs.",
        "version",
        () -> Map.of(version, 1.0));
    metrics.gauge(
        "holdfast_process_start_time_seconds",
        "When the program was started, in seconds since 1970.",
        () -> ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3);
    memory(metrics);
    metrics.gauge(
        "holdfast_threads",
        "Platform threads.",
        ManagementFactory.getThreadMXBean()::getThreadCount);
    metrics.counter(
        "holdfast_gc_collections_total",
        "Garbage collections, by collector.",
        List.of("collector"),
        () -> collectors(GarbageCollectorMXBean::getCollectionCount, 1));
    metrics.counter(
        "holdfast_gc_seconds_total",
        "Seconds of garbage collection, by collector.",
        List.of("collector"),
        () -> collectors(GarbageCollectorMXBean::getCollectionTime, 1e3));
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
      metrics.gauge("holdfast_open_files", "Open files.", system::getOpenFileDescriptorCount);
      metrics.counter(
          "holdfast_cpu_seconds_total",
          "Seconds of processor time.",
          () -> system.getProcessCpuTime() / 1e9);
    }
  }

  /** How many files may be open; {@link Double#POSITIVE_INFINITY} where that is not known. */
  static double maxFiles() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        ? system.getMaxFileDescriptorCount()
        : Double.POSITIVE_INFINITY;
  }

  private static void memory(Metrics metrics) {
    Runtime runtime = Runtime.getRuntime();
    metrics.gauge(
        "holdfast_heap_bytes",
        "Bytes of the heap in use.",
        () -> runtime.totalMemory() - runtime.freeMemory());
    metrics.gauge("holdfast_heap_max_bytes", "Bytes that the heap may have.", runtime::maxMemory);
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    metrics.gauge(
        "holdfast_nonheap_bytes",
        "Bytes in use of what the Java machine has beside the heap: classes, compiled code.",
        () -> memory.getNonHeapMemoryUsage().getUsed());
    metrics.gauge(
        "holdfast_direct_bytes",
        "Bytes of buffers outside of the heap: of the network, and others.",
        ProcessFigures::direct);
  }

  private static double direct() {
    long used = Math.max(0, PlatformDependent.usedDirectMemory());
    for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
      if (pool.getName().equals("direct")) {
        used += pool.getMemoryUsed();
      }
    }
    return used;
  }

  private static Map<List<String>, Double> collectors(
      ToLongFunction<GarbageCollectorMXBean> what, double unit) {
    Map<List<String>, Double> values = new LinkedHashMap<>();
    ManagementFactory.getGarbageCollectorMXBeans()
        .forEach(
            collector ->
                values.put(
                    List.of(collector.getName()), Math.max(0, what.applyAsLong(collector)) / unit));
    return values;
  }
}
