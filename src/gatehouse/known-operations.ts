import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Stores } from '../identity/stores.ts';
import { followOperations } from '../operation/known/follow-operations.ts';
import { listVersionFiles, readPageOperations } from '../operation/known/known-files.ts';
import { type AppVersion, KnownOperationsError } from '../operation/known/known-operations.ts';
import {
  createIsFree,
  createOperationGate,
  type OperationGate,
  openGate,
} from '../operation/known/operation-gate.ts';
import { createOperationUses } from '../operation/known/operation-uses.ts';
import { createUnknownLog } from '../operation/known/unknown-log.ts';
import type { Operations } from '../operation/run.ts';
import { packagesOf } from '../schema/packages/packages.ts';
import { type Check, ok, problem } from '../values/check.ts';
import type { Groups } from '../values/groups.ts';
import type { ProjectOptions } from './given.ts';

/** The gate of operations, and what belongs to it. */
export interface GateParts {
  readonly gate: OperationGate;
  /** The texts to prepare at start, by id. */
  readonly texts: ReadonlyMap<string, string>;
  /** Writes which versions were used since the last call. */
  readonly writeUses: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

interface GateOptions extends ProjectOptions {
  readonly groups: Groups;
  readonly record: Stores['operationUses']['record'];
  readonly now: () => Date;
}

/** The folder of the files of known operations. */
const directoryOf = ({ config, project }: Pick<ProjectOptions, 'config' | 'project'>): string =>
  resolve(project.directory, config.knownOperations.directory);

/** Returns what `followOperations` reads by the settings. @throws {KnownOperationsError} */
async function followedBy({ config, project }: Pick<ProjectOptions, 'config' | 'project'>) {
  const pages = packagesOf(project.config).flatMap((each) => each.pages ?? []);
  return {
    directory: directoryOf({ config, project }),
    maxTokens: config.operationLimits.maxTokens,
    ofPackages: await readPageOperations(pages.flatMap(({ operations }) => operations ?? [])),
  };
}

/** Opens the gate that the settings ask for. @throws {KnownOperationsError} */
export async function openOperationGate(options: GateOptions): Promise<GateParts> {
  const { config, logger, groups, record, now } = options;
  const { mode, free } = config.knownOperations;
  const isFree = createIsFree(free, groups);
  if (mode === 'any') {
    const nothing = async () => {};
    return { gate: openGate, texts: new Map(), writeUses: nothing, stop: nothing };
  }
  const followed = await followOperations({
    ...(await followedBy(options)),
    onChange: (versions) =>
      logger.info({ versions: versions.map(nameOf) }, 'the operations changed'),
    onProblem: (problem) =>
      logger.error({ err: problem }, 'the new operations are invalid; keeping the old ones'),
  });
  const { current, stop } = followed;
  const uses = createOperationUses(now);
  const onUnknown = createUnknownLog({ logger, elapsedMs: () => performance.now() });
  const writeUses = () => uses.write(record);
  return {
    gate: createOperationGate({ mode, operations: current, isFree, uses, onUnknown }),
    texts: current().texts,
    writeUses,
    async stop() {
      stop();
      await writeUses().catch((error: unknown) => logger.warn({ err: error }, writingFailed));
    },
  };
}

/** Describes a failure of `writeUses`. */
export const writingFailed = 'recording the use of operations failed';

/** The maximum number of operations that are planned at start. Others are planned when they are used. */
const maxPrepared = 1_000;
/** How many are planned before other work of the process takes its turn. */
const preparedPerTurn = 20;
/** The maximum number of ids in a log line. */
const maxListed = 20;

/** Plans known operations before they are sent. Logs those that the schema does not admit: they may be for another node. */
export async function prepareOperations(
  { prepare }: Pick<Operations, 'prepare'>,
  { texts }: Pick<GateParts, 'texts'>,
  logger: Pick<ProjectOptions['logger'], 'warn'>,
): Promise<void> {
  const invalid: string[] = [];
  for (const [index, [id, text]] of [...texts].slice(0, maxPrepared).entries()) {
    if (!prepare(text)) invalid.push(id);
    if (index % preparedPerTurn === 0) await setImmediate();
  }
  if (invalid.length === 0) return;
  logger.warn(
    { count: invalid.length, ids: invalid.slice(0, maxListed) },
    'known operations are not valid by this schema',
  );
}

/** Checks the files of known operations, for `doctor`. None if the settings do not need them. */
export async function checkOperations(
  options: ProjectOptions & { readonly groups: Groups },
): Promise<readonly Check[]> {
  const { config, groups } = options;
  const { mode, free } = config.knownOperations;
  if (mode === 'any') return [];
  try {
    createIsFree(free, groups);
    const { current, stop } = await followOperations({
      ...(await followedBy(options)),
      onChange: () => {},
      onProblem: () => {},
    });
    stop();
    const { versions, texts } = current();
    return [ok('operations', `${texts.size} of ${versions.map(nameOf).join(', ')}`)];
  } catch (error) {
    if (!(error instanceof KnownOperationsError)) throw error;
    return [
      problem('operations', error.message, 'mend the files, OPERATIONS_PATH or OPERATIONS_FREE'),
    ];
  }
}

/** A version of a front end: whether it has a file, and when it was last used. */
export interface VersionUsage extends AppVersion {
  readonly hasFile: boolean;
  readonly lastSeenAt: Date | null;
  readonly lastNeededAt: Date | null;
}

/** Lists the versions that have a file, and those that had one, by name. @throws {KnownOperationsError} */
export async function listUsage(
  options: Pick<ProjectOptions, 'config' | 'project'>,
  { operationUses }: Pick<Stores, 'operationUses'>,
): Promise<readonly VersionUsage[]> {
  const { files } = await listVersionFiles(directoryOf(options));
  const uses = await operationUses.list();
  const isSame = (left: AppVersion) => (right: AppVersion) =>
    left.app === right.app && left.version === right.version;
  const unused = files.filter((file) => !uses.some(isSame(file)));
  return [...unused.map(toUnused), ...uses]
    .map((use) => ({ ...use, hasFile: files.some(isSame(use)) }))
    .sort((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1));
}

const nameOf = ({ app, version }: AppVersion): string => `${app}@${version}`;

const toUnused = ({ app, version }: AppVersion) => ({
  app,
  version,
  lastSeenAt: null,
  lastNeededAt: null,
});
