import { existsSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { NamedError } from '../error-pages.ts';
import type { GatehouseConfig, Project } from '../schema/project.ts';

/** The names of a project's configuration, in the order in which they are looked for. */
const fileNames = [
  'gatehouse.config.ts',
  'gatehouse.config.mts',
  'gatehouse.config.js',
  'gatehouse.config.mjs',
];

/**
 * Loads the project in a folder. Its TypeScript runs as it is. A folder without a configuration is a project
 * without domains.
 *
 * @throws {Error} when the file has no default export, or is no ES module. @throws what the file throws.
 */
export async function loadProject(directory: string): Promise<Project> {
  const file = fileNames.map((name) => join(directory, name)).find((path) => existsSync(path));
  if (file === undefined) return { directory, config: {} };
  requireModules(directory, file);
  if (file.endsWith('ts') && !runsTypeScript()) await registerTypeScript();
  const module = await importConfig(directory, file);
  if (!isConfig(module.default)) {
    const message = `${file} has no default export made by defineConfig.`;
    throw new NamedError('config-without-export', message);
  }
  return { directory, config: module.default };
}

async function importConfig(
  directory: string,
  file: string,
): Promise<{ readonly default?: unknown }> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    if (!isMissing(error, join(directory, 'src', 'generated', sep))) throw error;
    const message = `${error.message}\nTo do: gatehouse generate`;
    throw new NamedError('generated-files-missing', message, { cause: error });
  }
}

/** Whether a module in a folder was not found. */
const isMissing = (error: unknown, folder: string): error is Error =>
  error instanceof Error &&
  'url' in error &&
  String(error.url).startsWith(pathToFileURL(folder).href) &&
  'code' in error &&
  error.code === 'ERR_MODULE_NOT_FOUND';

let registering: Promise<unknown> | undefined;

/**
 * Lets this process import TypeScript. Once: each `register` puts another loader before all imports. The `paths` of a
 * `tsconfig.json` in the working folder are not followed, as Node.js itself does not: they could load Gatehouse twice.
 */
function registerTypeScript(): Promise<unknown> {
  registering ??= import('tsx/esm/api').then(({ register }) => register({ tsconfig: false }));
  return registering;
}

/** Node.js would say something else for each version. `.mts` and `.mjs` are modules whatever the package says. */
function requireModules(directory: string, file: string): void {
  const manifest = join(directory, 'package.json');
  if (/\.m[jt]s$/.test(file) || !existsSync(manifest)) return;
  const { type }: { readonly type?: unknown } = JSON.parse(readFileSync(manifest, 'utf8'));
  if (type === 'module') return;
  const message = `${file} is an ES module: put "type": "module" into ${manifest}.`;
  throw new NamedError('config-not-module', message);
}

/** Node.js strips types itself from 22.18 on, and needs no loader. */
const runsTypeScript = (): boolean =>
  'typescript' in process.features && process.features.typescript !== false;

const isConfig = (value: unknown): value is GatehouseConfig =>
  typeof value === 'object' && value !== null;
