import { spawnSync } from 'node:child_process';

/** The accounts that may publish a package, as `npm owner ls` lists them. None: npm has no package of this name. */
export function ownersOf(name: string): readonly string[] {
  const { stdout } = spawnSync('npm', ['owner', 'ls', name], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => /^(\S+) </.exec(line)?.[1] ?? []);
}

/** Throws an error that says which of these names another account has, or none. */
export function requireOwner(names: readonly string[], owner: string): void {
  const foreign = names
    .map((name) => ({ name, owners: ownersOf(name) }))
    .filter(({ owners }) => !owners.includes(owner))
    .map(({ name, owners }) => `${name} (${owners.join(', ') || 'not on npm'})`);
  if (foreign.length === 0) return;
  throw new Error(
    `These names do not belong to ${owner}: ${foreign.join('; ')}. Nothing was published. ` +
      'The owner publishes the first version of each name by hand.',
  );
}
