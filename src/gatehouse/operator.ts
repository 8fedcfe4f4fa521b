import {
  type KeyDescription,
  listSigningKeys,
  type RotationOptions,
  rotateSigningKeys,
} from '../authentication/keys/signing-keys-rotation.ts';
import type { Config } from '../config/config.ts';
import { toClientError } from '../database/errors.ts';
import { grantNode } from '../database/migrations/grant-node.ts';
import {
  type MigrationState,
  readMigrationStates,
} from '../database/migrations/migration-states.ts';
import { migrateAll, withDatabase } from '../database/open-database.ts';
import { addDemoAccounts } from '../identity/demo-accounts.ts';
import type { FirstAdmin } from '../identity/users/first-admin.ts';
import { historiesOf } from '../schema/packages/histories.ts';
import type { Check } from '../values/check.ts';
import { makeFirstAdmin } from './account-parts.ts';
import {
  type AppOptions,
  inputsOf,
  type ProjectOptions,
  project as projectInput,
} from './app-inputs.ts';
import { type ExaminationOptions, examineProject, keyOptions } from './examination.ts';
import { createParts, type Get, type Parts } from './part.ts';
import { checksOfTables, contexts, schema, stores, userServices } from './parts.ts';
import { databaseOptions, openDatabase } from './project-database.ts';

export type { KeyDescription } from '../authentication/keys/signing-keys-rotation.ts';
export type { Administration } from '../identity/administration.ts';
export { describeHolders } from '../identity/groups/group.store.ts';
export { administration } from './account-parts.ts';
export { contexts, runtimes } from './parts.ts';

/** Adds accounts to try the API with, what the domains add, and the first ADMIN of an empty database. */
export const seed = (
  options: AppOptions,
  onFirstAdmin: (firstAdmin: FirstAdmin | undefined) => void,
): ReturnType<typeof addDemoAccounts> =>
  withParts(createParts(inputsOf(options)), async (get) => {
    const createFirstAdmin = await get(makeFirstAdmin);
    onFirstAdmin(await createFirstAdmin());
    const services = await get(userServices);
    const accounts = await addDemoAccounts({ stores: get(stores), services });
    const context = get(contexts).createSystemContext();
    for (const domain of options.project.config.domains ?? []) await domain.seed?.(context);
    return accounts;
  });

/**
 * Opens the database for one piece of an operator's work, by the rules of the API.
 *
 * @throws {ClientError} a refusal, as the API would give it; and what `openDatabase` throws.
 */
export async function operate<Result>(
  options: ProjectOptions,
  work: (get: Get) => Promise<Result>,
): Promise<Result> {
  // An operator waits for a large piece of work, where a request does not.
  const { databaseLimits } = options.config;
  const limits = { ...databaseLimits, statementTimeoutMs: operatorStatementTimeoutMs };
  const connection = await openDatabase(options, { mustExist: true, limits });
  const parts = createParts(inputsOf({ ...options, connection }, connection.close));
  return withParts(parts, (get) =>
    work(get).catch((error: unknown) => {
      throw toClientError(error) ?? error;
    }),
  );
}

/** Closes the parts after the work. */
const withParts = <Result>(
  { get, close }: Parts,
  work: (get: Get) => Promise<Result>,
): Promise<Result> => work(get).finally(close);

/** A transaction of a command may last as long: it may have to wait for a lock. */
const operatorStatementTimeoutMs = 60_000;

/** The keys that sign access tokens, without their private parts. @throws {SigningKeysError} */
export const listKeys = (config: Config): readonly KeyDescription[] =>
  listSigningKeys(keyOptions(config, now));

/** @throws {SigningKeysError} as `rotateSigningKeys` does. */
export const rotateKeys = (
  config: Config,
  choice: Pick<RotationOptions, 'leadSeconds' | 'hasLeaked'>,
): Promise<readonly KeyDescription[]> =>
  rotateSigningKeys({ ...keyOptions(config, now), ...choice });

const now = () => new Date();

/** Checks everything that the server needs, and changes nothing. Problems are failed checks. Takes a few seconds. */
export const examineServer = (options: ExaminationOptions): Promise<readonly Check[]> =>
  examineProject(options, {
    groups: () => groupsOf(options),
    findRemovedGroups: (connection) =>
      createParts(inputsOf({ ...options, connection }))
        .get(stores)
        .groups.listRemoved(),
    checkTables: (connection) =>
      createParts(inputsOf({ ...options, connection })).get(checksOfTables)(),
    now,
  });

/** @throws {CompositionError} */
const groupsOf = ({ project }: ProjectOptions) =>
  createParts([projectInput.as(project)]).get(schema).groups;

/** Applies pending migrations, and returns their names. `nodeRole`: the role that may then serve. */
export const applyMigrations = (
  options: ProjectOptions,
  nodeRole?: string,
): Promise<readonly string[]> =>
  withDatabase(databaseOptions(options), async (connection) => {
    const histories = historiesOf(options.project);
    const applied = await migrateAll(connection, histories);
    if (nodeRole !== undefined) await grantNode(connection, nodeRole, histories);
    return applied;
  });

/** Returns the state of each migration. Changes nothing. */
export const readStates = (options: ProjectOptions): Promise<readonly MigrationState[]> =>
  readMigrationStates({ ...databaseOptions(options), histories: historiesOf(options.project) });
