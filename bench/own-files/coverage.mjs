/** Loaded into a server by `--import`: tells its parent which files run between two messages, by V8's precise coverage. */
import { Session } from 'node:inspector/promises';

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

process.on('message', async () => {
  // Counts begin anew with each answer.
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const files = result.filter(({ functions }) =>
    // The first function of a file is its top level.
    functions.some(({ ranges: [range] }) => (range?.count ?? 0) > 0),
  );
  process.send?.(files.map(({ url }) => url));
});
