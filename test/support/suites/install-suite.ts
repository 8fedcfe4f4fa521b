import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openShell } from '../node-shell.ts';
import { repository } from '../process.ts';

export interface SuiteInstallation {
  /** Names with exact versions, such as `jest@30.0.0`. */
  readonly packages: readonly string[];
  /** The same, without what they depend on. */
  readonly alone?: readonly string[];
  /**
   * Packages that are those of this repository. Schemas of two copies of graphql do not mix, and what is tested is the
   * Apollo Server that Gatehouse uses.
   */
  readonly shared: readonly string[];
  /** Own modules in the place of packages, by name: their text. */
  readonly replaced?: Readonly<Record<string, string>>;
}

/**
 * Installs tests that others wrote into an empty folder, without running any of their scripts.
 */
export async function installSuite(
  folder: string,
  { packages, alone = [], shared, replaced = {} }: SuiteInstallation,
): Promise<void> {
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true }));
  const shell = await openShell(folder);
  // Peers are shared or replaced.
  const options = '--ignore-scripts --legacy-peer-deps --no-audit --no-fund';
  await shell.run(`npm install ${options} ${packages.join(' ')}`, folder);
  for (const name of alone) {
    const archive = (await shell.run(`npm pack --silent ${name}`, folder)).trim();
    await put(folder, name.replace(/@[^@]+$/, ''), async (place) => {
      await mkdir(place);
      await shell.run(`tar -xzf ${archive} --strip-components=1 -C ${place}`, folder);
    });
  }
  for (const name of shared)
    await put(folder, name, (place) => symlink(join(repository, 'node_modules', name), place));
  for (const [name, text] of Object.entries(replaced))
    await put(folder, name, async (place) => {
      await mkdir(place);
      await writeFile(join(place, 'index.js'), text);
    });
}

async function put(folder: string, name: string, create: (place: string) => Promise<unknown>) {
  const place = join(folder, 'node_modules', name);
  await rm(place, { recursive: true, force: true });
  await mkdir(dirname(place), { recursive: true });
  await create(place);
}
