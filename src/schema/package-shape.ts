import type { Shape, ShapesOf } from '@graphql-gatehouse/authorization/options';
import type { FactorRow } from '../values/factor.ts';
import type { PackageSetting } from '../values/package-setting.ts';
import { commandShape } from './domain-shape.ts';
import type { SchemaCheck } from './packages/composed-schema.ts';
import type {
  GatehousePackage,
  PackageAuditLog,
  PackagePages,
  PackageRoute,
  PackageTask,
} from './packages/package.ts';

const settingShapes = {
  schema: 'any',
  meaning: 'any',
  shows: 'any',
} satisfies ShapesOf<PackageSetting>;

const factorShapes = {
  name: 'any',
  description: 'any',
  proves: 'any',
  verifiesUser: 'any',
  amr: 'any',
  worksOnce: 'any',
} satisfies ShapesOf<FactorRow>;

const migrationShapes = {
  directory: 'any',
  version: 'any',
  nodeRights: 'any',
} satisfies ShapesOf<NonNullable<GatehousePackage['migrations']>>;

const optionsShapes = { given: 'any', known: 'any' } satisfies ShapesOf<
  NonNullable<GatehousePackage['options']>
>;

const pagesShapes = {
  path: 'any',
  folder: 'any',
  title: 'any',
  operations: 'any',
} satisfies ShapesOf<PackagePages>;

const routeShapes = {
  method: 'any',
  path: 'any',
  takes: 'any',
  maxBodyBytes: 'any',
  contentTypes: 'any',
  run: 'any',
} satisfies ShapesOf<PackageRoute<never>>;

const taskShapes = { intervalSeconds: 'any', run: 'any' } satisfies ShapesOf<PackageTask<never>>;

const logShapes = {
  table: 'any',
  row: 'any',
  type: 'any',
  columns: 'any',
  pageSize: 'any',
  daysKept: 'any',
} satisfies ShapesOf<PackageAuditLog<never>>;

const checkShapes = { run: 'any', describe: 'any' } satisfies ShapesOf<SchemaCheck>;

/** What a package must be. Domains that it returns are checked when it does. */
export const packageShape: Shape = {
  keys: {
    name: 'any',
    options: { keys: optionsShapes },
    settings: { each: { keys: settingShapes } },
    checkSettings: 'any',
    migrations: { keys: migrationShapes },
    open: 'any',
    domains: 'any',
    pages: { each: { keys: pagesShapes } },
    routes: { each: { keys: routeShapes } },
    accepts: 'any',
    factorKinds: { each: { keys: factorShapes } },
    factors: 'any',
    groupFactors: 'any',
    proofFacts: 'any',
    matrixNotes: 'any',
    notify: 'any',
    renameGroup: 'any',
    commands: { each: commandShape },
    schemaCommands: { each: commandShape },
    check: { keys: checkShapes },
    gate: 'any',
    observe: 'any',
    onDelivered: 'function?',
    logs: { each: { keys: logShapes } },
    verdicts: 'any',
    background: { each: { keys: taskShapes } },
    doctor: 'any',
    checkTables: 'any',
    eventCarrier: 'any',
    loginAttempts: 'any',
  } satisfies ShapesOf<GatehousePackage>,
};
