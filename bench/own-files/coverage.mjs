/** Loaded into a server by `--import`: answers each message of its parent with the files that ran since the last one. */
import { Session } from 'node:inspector/promises';

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

process.on('message', async () => {
  // Each answer sets the counts back.
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const files = result.filter(({ functions }) =>
    // The first function of a file is its top level.
    functions.some(({ ranges: [range] }) => (range?.count ?? 0) > 0),
  );
  process.send?.(files.map(({ url }) => url));
});
