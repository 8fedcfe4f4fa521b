import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { PackageContext } from 'graphql-gatehouse';
import { readPersistedTexts } from '../registry/persisted-texts.ts';
import type { OperationsSettings } from '../settings.ts';
import {
  type AppVersion,
  KnownOperationsError,
  type VersionOperations,
} from './known-operations.ts';

interface VersionFile extends AppVersion {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Differs after every change of the file, also when it was replaced or a link points elsewhere. */
  readonly state: string;
}

/** The files of a folder. */
export interface VersionFiles {
  readonly files: readonly VersionFile[];
  /** Differs after every change of the folder. */
  readonly state: string;
}

/** The maximum size of all files, in bytes. */
const maxBytes = 20_000_000;

/** Names that begin with a dot are not read: mounts of Kubernetes have such links, and editors write such files. */
const fileName = /^(?<app>[\w-][\w.-]*)@(?<version>[\w.+-]+)\.json$/;

/** Lists the files of a folder, by name. @throws {KnownOperationsError} */
export async function listVersionFiles(directory: string): Promise<VersionFiles> {
  const names = (await readdir(directory).catch(toFolderError(directory)))
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .sort();
  const files = await Promise.all(names.map((name) => findVersionFile(directory, name)));
  return { files, state: files.map(({ path, state }) => `${path} ${state}`).join('\n') };
}

async function findVersionFile(directory: string, name: string): Promise<VersionFile> {
  const { app, version } = fileName.exec(name)?.groups ?? {};
  if (app === undefined || version === undefined) {
    throw new KnownOperationsError([`${name} is not named <app>@<version>.json`]);
  }
  const path = join(directory, name);
  const found = await stat(path, { bigint: true }).catch(toFolderError(path));
  // A read of a named pipe could wait forever.
  if (!found.isFile()) throw new KnownOperationsError([`${name} is not a regular file`]);
  const state = [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ');
  return { app, version, path, size: Number(found.size), state };
}

interface VersionText extends AppVersion {
  readonly text: string;
}

/** Reads files. @throws {KnownOperationsError} for too large ones, before it reads any. */
export async function readVersionFiles(
  files: readonly VersionFile[],
): Promise<readonly VersionText[]> {
  if (files.length === 0) {
    throw new KnownOperationsError(['the folder has no file <app>@<version>.json']);
  }
  if (files.reduce((sum, { size }) => sum + size, 0) > maxBytes) {
    throw new KnownOperationsError([`the files have more than ${maxBytes / 1e6} MB`]);
  }
  const texts: VersionText[] = [];
  for (const { app, version, path } of files) {
    const text = await readFile(path, 'utf8').catch(toFolderError(path));
    texts.push({ app, version, text });
  }
  return texts;
}

type Context = Pick<PackageContext<OperationsSettings>, 'settings' | 'project'>;

/** Returns the folder of the files of known operations. */
export const directoryOf = ({ settings, project }: Context): string =>
  resolve(project.directory, settings.OPERATIONS_PATH);

/** Returns what `followOperations` reads by the settings. @throws {KnownOperationsError} */
export const followedBy = async (context: Context) => ({
  directory: directoryOf(context),
  maxTokens: context.project.maxTokens,
  ofPackages: await readPageOperations(context.project.pageOperations),
});

/** Reads the operations of the pages of packages. @throws {KnownOperationsError} */
async function readPageOperations(paths: readonly string[]): Promise<readonly string[]> {
  const files = paths.map(async (path) => {
    const text = await readFile(path, 'utf8').catch(toFolderError(path));
    return { app: 'pages', version: path, text };
  });
  return parseVersions(await Promise.all(files)).flatMap(({ operations }) =>
    operations.map(({ text }) => text),
  );
}

/** Parses the texts of files. @throws {KnownOperationsError} with every problem. */
export function parseVersions(texts: readonly VersionText[]): readonly VersionOperations[] {
  const problems: string[] = [];
  const versions = texts.flatMap(({ app, version, text }) => {
    try {
      return [{ app, version, operations: readPersistedTexts(text) }];
    } catch (error) {
      problems.push(`${app}@${version}.json: ${error instanceof Error ? error.message : error}`);
      return [];
    }
  });
  if (problems.length > 0) throw new KnownOperationsError(problems);
  return versions;
}

/** Converts an error of the file system to one for the operator. */
const toFolderError =
  (path: string) =>
  (cause: unknown): never => {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const problem = isMissing ? 'does not exist' : 'cannot be read';
    throw new KnownOperationsError([`${path} ${problem}`], { cause });
  };
