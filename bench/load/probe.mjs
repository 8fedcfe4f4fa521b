/**
 * Loaded before a server's own code: it replies to its parent process with the resources that the server uses.
 * It keeps nothing alive, and does nothing else.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();

process.on('message', ({ id, collects }) => {
  // Twice: what finalizers let go of is free after the second.
  if (collects) for (let pass = 0; pass < 2; pass += 1) globalThis.gc?.();
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  process.send({
    id,
    rss,
    heapUsed,
    external,
    arrayBuffers,
    cpuMicroseconds: user + system,
    handles: countBy(process.getActiveResourcesInfo()),
    eventLoopDelayMs: { p50: delay.percentile(50) / 1e6, max: delay.max / 1e6 },
  });
  delay.reset();
});
process.channel?.unref();

function countBy(names) {
  const counts = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
