import { defineCommand, toTable } from 'graphql-gatehouse/package';
import { directoryOf, listVersionFiles } from '../known/known-files.ts';
import { type AppVersion, nameOf } from '../known/known-operations.ts';
import { listUses } from '../known/version-uses.store.ts';
import type { Parts } from '../parts.ts';

/** A version of a front end: whether it has a file, and when it was last used. */
interface VersionUsage extends AppVersion {
  readonly hasFile: boolean;
  readonly lastSeenAt: Date | null;
  readonly lastNeededAt: Date | null;
}

export const operationsUsage = defineCommand({
  description:
    'show when each version of a front end was last seen, by the files of OPERATIONS_PATH',
  options: { json: { type: 'boolean', description: 'print as JSON' } },
  async run(parts: Parts) {
    const versions = await listUsage(parts);
    const rows = versions.map(({ app, version, hasFile, lastSeenAt, lastNeededAt }) => [
      app,
      version,
      hasFile ? 'yes' : 'no',
      lastSeenAt?.toISOString() ?? 'never',
      lastNeededAt?.toISOString() ?? 'never',
    ]);
    const lines = toTable(['APP', 'VERSION', 'FILE', 'LAST SEEN', 'LAST NEEDED'], rows);
    return { document: { versions }, lines };
  },
});

/** Lists the versions that have a file, and those that had one, by name. @throws {KnownOperationsError} */
async function listUsage(parts: Parts): Promise<readonly VersionUsage[]> {
  const { files } = await listVersionFiles(directoryOf(parts));
  const uses = await listUses(parts.sql);
  const isSame = (left: AppVersion) => (right: AppVersion) => nameOf(left) === nameOf(right);
  const unused = files.filter((file) => !uses.some(isSame(file)));
  return [...unused.map(toUnused), ...uses]
    .map((use) => ({ ...use, hasFile: files.some(isSame(use)) }))
    .sort((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1));
}

const toUnused = ({ app, version }: AppVersion) => ({
  app,
  version,
  lastSeenAt: null,
  lastNeededAt: null,
});
