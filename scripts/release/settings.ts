import { readFileSync } from 'node:fs';
import type { Manifest } from './packages.ts';

/** What a release needs to know of its owner. Null: not decided, and nothing can be released. */
export interface ReleaseSettings {
  /** The address of the repository, for example `https://github.com/OWNER/NAME`. */
  readonly repository: string | null;
  /** The account of npm that owns each of our names. */
  readonly npmOwner: string | null;
  /** The address of the site of the documents, without a slash at its end. Messages of startup errors link to it. */
  readonly homepage: string | null;
}

export const releaseSettings: ReleaseSettings = JSON.parse(
  readFileSync(new URL('settings.json', import.meta.url), 'utf8'),
);

/** The settings, all of them set. Throws an error that names those which are not. */
export function requireSettings(settings: ReleaseSettings = releaseSettings) {
  const { repository, npmOwner, homepage } = settings;
  if (repository !== null && npmOwner !== null && homepage !== null) {
    return { repository, npmOwner, homepage };
  }
  const unset = Object.entries(settings).flatMap(([name, value]) => (value === null ? name : []));
  throw new Error(`Set ${unset.join(' and ')} in scripts/release/settings.json before a release.`);
}

/** The address of a file as it was at a version, where the repository has an address. */
export const addressOf = (
  path: string,
  version: string,
  { repository }: Pick<ReleaseSettings, 'repository'> = releaseSettings,
): string | undefined =>
  repository === null ? undefined : `${repository}/blob/v${version}/${path}`;

/** A manifest with the addresses of the repository: npm compares its provenance with them. */
export function withAddresses(
  manifest: Manifest,
  folder: string,
  { repository, homepage }: Pick<ReleaseSettings, 'repository' | 'homepage'> = releaseSettings,
): Manifest {
  if (repository === null) return manifest;
  return {
    ...manifest,
    homepage: homepage ?? `${repository}#readme`,
    bugs: `${repository}/issues`,
    repository: { type: 'git', url: `git+${repository}.git`, directory: folder },
  };
}
