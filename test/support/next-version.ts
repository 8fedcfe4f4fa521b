import { execFile } from 'node:child_process';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { globSync } from 'tinyglobby';
import { repository } from './process.ts';

const run = promisify(execFile);

/** What decides the versions of the packages. */
const deciding = [
  'package.json',
  'package-lock.json',
  '.changeset/*',
  'scripts/release/*',
  'packages/*/package.json',
  'examples/*/package.json',
];

/** What else is packed, once it is built. */
export const packed = [
  '*.md',
  'LICENSE',
  '{dist,docs,prisma}/**',
  'packages/*/*.md',
  'packages/*/LICENSE',
  'packages/*/{dist,prisma}/**',
  'packages/create-graphql-gatehouse/{src,template}/**',
];

/**
 * Makes the next version in a copy of the manifests and of `more`, as `npm run version-packages` does, but for the lock
 * file.
 */
export async function makeNextVersion(copy: string, more: readonly string[] = []): Promise<void> {
  for (const path of globSync([...deciding, ...more], { cwd: repository, dot: true })) {
    await mkdir(dirname(join(copy, path)), { recursive: true });
    await cp(join(repository, path), join(copy, path));
  }
  await symlink(join(repository, 'node_modules'), join(copy, 'node_modules'));
  for (const words of [
    ['node_modules/@changesets/cli/bin.js', 'version'],
    ['--import', 'tsx', 'scripts/release/version.ts'],
  ]) {
    await run(process.execPath, words, { cwd: copy });
  }
}
