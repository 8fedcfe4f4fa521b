import type { PackageDatabase } from '../../changes/package-database.ts';
import type { RouteCall } from '../../context/route.ts';
import type { CreateEventCarrier } from '../../events/event-carrier.ts';
import type { Check } from '../../values/check.ts';
import type { FactorRow } from '../../values/factor.ts';
import type { Groups } from '../../values/groups.ts';
import type { LoginAttemptStore } from '../../values/login-attempt-store.ts';
import type { PackageSetting, SettingProblem } from '../../values/package-setting.ts';
import type { AccountNotice, FactorRules } from '../../values/proof.ts';
import type { RouteRules } from '../../values/route.ts';
import type { SqlTransaction } from '../../values/sql-transaction.ts';
import type { Bivariant } from '../bivariant.ts';
import type { DatabaseAccess } from '../database-access.ts';
import type { AnyDomain } from '../domain.ts';
import type { CommandInput, CommandResult, CommandWords } from '../domain-command.ts';
import type { parseText } from '../text-input.ts';
import type { AccountHistory } from './account-history.ts';
import type {
  ComposedSchema,
  OperationVerdicts,
  SchemaCheck,
  SchemaCommand,
} from './composed-schema.ts';
import type { DeliveredAnswer } from './delivered-answer.ts';
import type { OperationGate } from './operation-gate.ts';
import type { OperationObserver } from './operation-observer.ts';
import type { PackageAccounts } from './package-accounts.ts';
import type { PackageErrors } from './package-errors.ts';
import type { PackageReports } from './package-reports.ts';

/** Where a package writes log lines. Values of `details` become fields of the line. */
export type PackageLog = Readonly<
  Record<'info' | 'warn' | 'error', (details: object, message: string) => void>
>;

/** Facts about the settings of Gatehouse. */
export interface DeploymentFacts {
  readonly isProduction: boolean;
  readonly database: 'postgresql' | 'embedded';
  /** The origins of the installation's pages: those of `ALLOWED_ORIGINS`, and that of `TOKEN_ISSUER` if it is a URL. */
  readonly origins: readonly string[];
}

/** Facts about the project. */
export interface ProjectFacts {
  /** The folder of its configuration. */
  readonly directory: string;
  /** An operation with more tokens is never read. */
  readonly maxTokens: number;
  /** The files of the operations that the pages of packages send. */
  readonly pageOperations: readonly string[];
}

/** What the functions of a package get. */
export interface PackageContext<TSettings> extends DeploymentFacts {
  /** The parsed settings of the package. */
  readonly settings: TSettings;
  readonly project: ProjectFacts;
  readonly log: PackageLog;
  /** Errors for clients. All others are masked. */
  readonly errors: PackageErrors;
}

/** The same with the groups of the composed schema, for checks. */
export interface PackageExamination<TSettings> extends PackageContext<TSettings> {
  /** @throws {CompositionError} */
  readonly groups: () => Groups;
}

/** The same with the database, which is migrated. */
export interface PackageWork<TSettings> extends PackageExamination<TSettings> {
  /** The database. Gatehouse closes it. */
  readonly access: DatabaseAccess;
}

/** What `open`, `notify` and `checkTables` of a package get, on a migrated database. */
export interface PackageRuntime<TSettings> extends PackageWork<TSettings> {
  readonly sql: PackageDatabase;
  readonly accounts: PackageAccounts;
  readonly history: AccountHistory;
  readonly now: () => Date;
  /** A secure source. */
  readonly randomBytes: (size: number) => Uint8Array;
  /** Returns the key by which attempts from an address are counted: an IPv6 address by its network. */
  readonly addressKey: (ip: string) => string;
  /** Returns a client's text without white space at its ends, and refuses one that is not valid. */
  readonly parseText: typeof parseText;
  readonly reports: PackageReports;
  /** Returns the schema that the process enforces. */
  readonly composed: () => ComposedSchema;
}

/** The parts of an open package: its runtime, and what `open` returned. */
export type PackageParts<TSettings, TOpened = unknown> = PackageRuntime<TSettings> & TOpened;

/** A command of a package. `run` returns the text to print, or a report, of which the option `json` prints the document. */
export interface PackageCommand<TParts> extends CommandWords {
  readonly run: Bivariant<(parts: TParts, input: CommandInput) => Promise<CommandResult>>;
}

/** Work that every node repeats while it runs. One run at a time is in progress. */
export interface PackageTask<TParts> {
  readonly intervalSeconds: number;
  /** Does one run. Ends early when `isStopped` returns true. A failed run is logged, and the next one follows. */
  readonly run: Bivariant<(parts: TParts, isStopped: () => boolean) => Promise<void>>;
}

/** The table that counts login attempts, and how long a window of its counters is. */
export interface LoginAttemptTable {
  readonly store: LoginAttemptStore;
  readonly windowSeconds: number;
}

/** What counts login attempts in place of the table. */
export interface LoginAttemptCounters {
  readonly store: LoginAttemptStore;
  /** Returns the values of the metric `gatehouse_login_counters`, by state. */
  load(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/** A log of a package: a table of which its migration makes a log, by `gatehouse.make_audit_log`. */
export interface PackageAuditLog<TSettings> {
  /** A table of the package with the columns `id`, a UUID of version 7, and `at`, divided by ranges of `id`. */
  readonly table: string;
  /** What one row is called, such as `event`. */
  readonly row: string;
  /** The object type of its rows, on which `@audited` is not allowed. */
  readonly type: string;
  /** The properties of an exported row beside `id` and `at`, each with its expression in SQL. */
  readonly columns: Readonly<Record<string, string>>;
  /** How many rows of an export are in memory at once. Default: a thousand. */
  readonly pageSize?: number;
  /** Returns how many days rows are kept. Undefined: until `audit prune`. */
  readonly daysKept?: Bivariant<(settings: TSettings) => number | undefined>;
}

/**
 * A route over HTTP. `run` gets a request that is whole, within its limits and of one of its media types, and returns the
 * answer. An error of `errors` is answered with its status, and every other one with 500.
 */
export interface PackageRoute<TParts> extends RouteRules {
  readonly run: Bivariant<(call: RouteCall, parts: TParts) => Promise<Response>>;
}

/** Static files that the own port serves. */
export interface PackagePages {
  /** One name after a slash, such as `/console`. */
  readonly path: string;
  /** The folder of the files. `index.html` answers the path; files below `assets` must never change. */
  readonly folder: string;
  /** What the page for queries calls them, in a link. Without it, the page has none. */
  readonly title?: string;
  /** A file outside of it with the operations that the pages send, by id: a package with a `gate` admits them. */
  readonly operations?: string;
}

/**
 * An optional part of Gatehouse, such as `@graphql-gatehouse/nats`. Write it with `graphql-gatehouse/package`.
 *
 * `TSettings` are the values of its settings, by environment variable; `TOpened` is what `open` returns.
 */
export interface GatehousePackage<
  TSettings = Readonly<Record<string, unknown>>,
  TOpened = unknown,
> {
  /** Lowercase letters, digits and hyphens. */
  readonly name: string;
  /**
   * What the project passed, and the names of the options that there are: others stop the start. As
   * `known: { signUp: true } satisfies Record<keyof Options, true>`, it cannot lack one.
   */
  readonly options?: {
    readonly given: object;
    readonly known: Readonly<Record<string, true>>;
  };
  /** Settings by environment variable. They are parsed, shown and documented as those of Gatehouse are. */
  readonly settings?: { readonly [Name in keyof TSettings]: PackageSetting<TSettings[Name]> };
  /** Finds settings that are valid alone, but not together. Called when all settings of the package are valid. */
  readonly checkSettings?: Bivariant<
    (settings: TSettings, facts: DeploymentFacts) => readonly SettingProblem[]
  >;
  /**
   * Migrations of its own tables, in the schema `gatehouse_NAME`, with `_` for each hyphen. They are applied after those
   * of Gatehouse and before those of the project.
   */
  readonly migrations?: {
    /** A folder in the format of Prisma. */
    readonly directory: string;
    /** The version of the package. Older versions name it when they cannot work with the database. */
    readonly version: string;
    /**
     * What the role of nodes may do with tables beside reading them, by table: `{ records: ['INSERT'] }`. Default: all of it.
     */
    readonly nodeRights?: Readonly<Record<string, readonly ('INSERT' | 'UPDATE' | 'DELETE')[]>>;
  };
  /**
   * Opens the package: creates what its domains, factors, commands and background work share, once in a process, when it
   * is first needed. After an error, the next caller opens it again. Absent: they get the runtime alone.
   */
  readonly open?: Bivariant<(runtime: PackageRuntime<TSettings>) => Promise<TOpened>>;
  /**
   * Types, fields and policies, composed as those of a project. The schema is composed without a database, so call
   * `parts` in resolvers, loaders and policies alone: see `withParts`. `packages` are the names of the project's packages,
   * for what rests on another one.
   */
  readonly domains?: Bivariant<
    (
      parts: () => Promise<PackageParts<TSettings, TOpened>>,
      packages: ReadonlySet<string>,
    ) => readonly AnyDomain[]
  >;
  /** Static files for browsers. `createGatehouse` does not serve them. */
  readonly pages?: readonly PackagePages[];
  /**
   * Routes over HTTP by name. The server serves them, and so does `handler` of `createGatehouse`. A path that something else
   * has is a startup error.
   */
  readonly routes?: Readonly<Record<string, PackageRoute<PackageParts<TSettings, TOpened>>>>;
  /** Why what `gatehouse check` finds at a coordinate of the package is safe, as `accepts` of a project. */
  readonly accepts?: Readonly<Record<string, string>>;
  /** The kinds of factors that its proofs prove: values that the enum `Factor` gets. A factor of no kind proves nothing. */
  readonly factorKinds?: readonly FactorRow[];
  /** What log-ins ask for beside the password. Called before the database is available: see `prepare`. */
  readonly factors?: Bivariant<
    (parts: () => Promise<PackageParts<TSettings, TOpened>>) => Promise<FactorRules>
  >;
  /**
   * How many kinds of factors groups ask for, by group. They are granted only after a fresh proof of who grants them, and
   * the access matrix names them. `demands` of `factors` says from when they are asked for.
   */
  readonly groupFactors?: Readonly<Record<string, 1 | 2>>;
  /**
   * What `extensions` of an error with the reason AUTHENTICATION_TOO_OLD or FACTORS_MISSING has beside `maxAge` and `factors`,
   * such as what can give the new proof. Two packages cannot have the same key.
   */
  readonly proofFacts?: Readonly<Record<string, unknown>>;
  /** Sentences for the access matrix, such as what the proofs of the package cannot meet. */
  readonly matrixNotes?: readonly string[];
  /**
   * Called when an account was made or enabled, a group was granted, how a user logs in or its address has changed, or a
   * session was opened, in the transaction of the cause: to inform the user. An error refuses the change. It gets the runtime:
   * to open the package could need a second connection, which the embedded database does not have.
   */
  readonly notify?: Bivariant<
    (
      sql: SqlTransaction,
      notice: AccountNotice,
      runtime: PackageRuntime<TSettings>,
    ) => Promise<void>
  >;
  /**
   * Called when a group that the schema does not have any more gets another name, in a transaction that renames it for holders:
   * to rename it in the tables of the package. There can be several such transactions. An error refuses the change.
   */
  readonly renameGroup?: Bivariant<
    (
      sql: SqlTransaction,
      group: { readonly name: string; readonly newName: string },
      runtime: PackageRuntime<TSettings>,
    ) => Promise<void>
  >;
  /** Commands by name. */
  readonly commands?: Readonly<Record<string, PackageCommand<PackageParts<TSettings, TOpened>>>>;
  /** Commands that need neither settings nor a database, by name. */
  readonly schemaCommands?: Readonly<Record<string, SchemaCommand>>;
  /** A part of `gatehouse check`, and of what it writes for a review. */
  readonly check?: SchemaCheck;
  /**
   * Decides which operations are read at all. Called before the database is available. Undefined: all of them. One package
   * can have it.
   */
  readonly gate?: Bivariant<
    (parts: () => Promise<PackageParts<TSettings, TOpened>>) => Promise<OperationGate | undefined>
  >;
  /** Observes the operations that run. Called before the database is available. */
  readonly observe?: Bivariant<
    (parts: () => Promise<PackageParts<TSettings, TOpened>>) => Promise<OperationObserver>
  >;
  /**
   * Called before an answer that holds audited values is delivered, and before each such event of a subscription, to record
   * it. After an error, none of these values is delivered. `@audited` needs a package with it.
   */
  readonly onDelivered?: Bivariant<
    (parts: PackageParts<TSettings, TOpened>, delivered: DeliveredAnswer) => Promise<void>
  >;
  /** Logs by name, for `audit export` and `audit prune`. */
  readonly logs?: Readonly<Record<string, PackageAuditLog<TSettings>>>;
  /** The operations of front ends, for the reports on who can access what. One package can have it. */
  readonly verdicts?: (composed: ComposedSchema) => OperationVerdicts;
  /** Background work by name. It starts when the database is migrated, and is stopped before it closes. */
  readonly background?: Readonly<Record<string, PackageTask<PackageParts<TSettings, TOpened>>>>;
  /** Checks for `gatehouse doctor`. Changes nothing. */
  readonly doctor?: Bivariant<
    (context: PackageExamination<TSettings>) => Promise<readonly Check[]>
  >;
  /**
   * Checks the tables of the package for `gatehouse doctor`, on a migrated database. Changes nothing, and does not open the
   * package.
   */
  readonly checkTables?: Bivariant<
    (runtime: PackageRuntime<TSettings>) => Promise<readonly Check[]>
  >;
  /** Returns what carries events from node to node. Undefined: PostgreSQL does. Not called for the embedded database. */
  readonly eventCarrier?: Bivariant<
    (context: PackageContext<TSettings>) => Promise<CreateEventCarrier | undefined>
  >;
  /** Opens what counts login attempts. Undefined: the table counts them. */
  readonly loginAttempts?: Bivariant<
    (
      context: PackageContext<TSettings>,
      table: LoginAttemptTable,
    ) => Promise<LoginAttemptCounters | undefined>
  >;
}

/** The values of the settings of a package. */
export type SettingValues<TSettings extends Readonly<Record<string, PackageSetting>>> = {
  readonly [Name in keyof TSettings]: TSettings[Name] extends PackageSetting<infer Value>
    ? Value
    : never;
};
