import { checkNames, type ShapesOf } from '@graphql-gatehouse/authorization/options';
import type { Viewer } from '../authentication/viewer.ts';
import { requireOutsideTransaction } from '../database/time/transaction-scope.ts';
import type { PlaceRules } from '../values/held-places.ts';
import type { NamedRows } from './named-rows.ts';
import { hashQueueKeyOf, type Origin, userIdOf } from './origin.ts';
import { describeInPlace, type PlacedGroup } from './place-changes.ts';
import { createPlacedChange, type GrantWithin } from './placed-change.ts';
import type { WithRowLocks } from './row-locks.ts';
import { createWrite, type WriteDependencies } from './write-in-transaction.ts';

/** The methods of a Prisma model that only read. */
type ReadMethod =
  | 'findUnique'
  | 'findUniqueOrThrow'
  | 'findFirst'
  | 'findFirstOrThrow'
  | 'findMany'
  | 'count'
  | 'aggregate'
  | 'groupBy';

/** A data client without the methods that write: these do not compile outside of `change`. */
export type ReadOnlyClient<TClient> = {
  readonly [Key in keyof TClient as Key extends `$${string}`
    ? Extract<Key, '$queryRaw'>
    : Key]: TClient[Key] extends { findMany: unknown }
    ? Pick<TClient[Key], Extract<keyof TClient[Key], ReadMethod>>
    : TClient[Key];
};

/** The client of one transaction: for Prisma the one that `$transaction` passes, otherwise the client itself. */
export type TransactionOf<TClient> = TClient extends {
  $transaction(work: (transaction: infer Transaction) => Promise<unknown>): unknown;
}
  ? Transaction
  : TClient;

type AlphabetOf<Text extends string> = Text extends `${infer First}${infer Rest}`
  ? First | AlphabetOf<Rest>
  : never;
type Letter = AlphabetOf<'abcdefghijklmnopqrstuvwxyz_'>;

/** Whether a text has only letters, as far as its type says. */
type IsPart<Text extends string> = string extends Text
  ? true
  : Text extends `${Letter}${infer Rest}`
    ? Rest extends ''
      ? true
      : IsPart<Rest>
    : false;

/** An action whose type shows that it has the wrong form does not compile. */
type ActionForm<Action extends string> = string extends Action
  ? Action
  : Action extends `${infer Thing}.${infer Happened}`
    ? [IsPart<Thing>, IsPart<Happened>] extends [true, true]
      ? Action
      : never
    : never;

export interface ChangeEvent<Action extends string = string> {
  /** The action in the form `thing.happened`: two parts of 1 to 32 characters of a to z and `_`. */
  readonly action: Action & ActionForm<Action>;
  /** The id of the changed record, a UUID. */
  readonly subjectId?: string | null | undefined;
  /** Details for readers of the audit log. Never a secret. */
  readonly detail?: string;
}

const eventNames = {
  action: 'any',
  subjectId: 'any',
  detail: 'any',
} satisfies ShapesOf<ChangeEvent>;

/** The event of a change, or a function that creates it from the result of the change. */
export type EventOf<Result, Action extends string = string> =
  | ChangeEvent<Action>
  | ((result: Result) => ChangeEvent<Action>);

export interface ChangeOptions<TTransaction, Result = unknown> {
  /**
   * Returns the ids of rows that the work has written, by type, such as those of a new row. One that does not exist for
   * the viewer undoes the change: FORBIDDEN. The rows that arguments name by `@references` are always read.
   */
  readonly writes?: Readonly<Record<string, (result: Result) => readonly unknown[]>>;
  /** The arguments with `@references` whose rows the work deletes, or hands over to others. */
  readonly leaves?: readonly string[];
  /**
   * Returns the groups that the viewer gets in what it has made: `{ group: 'OWNER', within: made.id }`. They count in the checks
   * after the work, and in the rest of the operation.
   */
  readonly grants?: (result: Result) => readonly GrantWithin[];
  /** The arguments with `@references` that name places which the work ends: nothing that is held in them opens anything then. */
  readonly ends?: readonly string[];
  /**
   * Re-reads in the transaction the data by which a policy admitted the viewer, and returns whether it is unchanged. If
   * not, the guards decide again whether the change is made.
   */
  readonly stillHolds?: (transaction: TTransaction) => Promise<boolean>;
}

const optionNames = {
  writes: 'any',
  leaves: 'any',
  grants: 'any',
  ends: 'any',
  stillHolds: 'any',
} satisfies ShapesOf<ChangeOptions<never>>;

/**
 * Writes in one transaction: checks the viewer's session and groups again, runs `work`, records the audit event and
 * commits. Serialization failures are retried, so `work` may run more than once.
 *
 * `work` reads and writes with its transaction alone: `load`, `db` and another `change` throw in it. It also gets the rows
 * that the arguments of the field name by `@references`, read in the transaction, by argument: `found['input.into']`.
 *
 * @throws {TypeError} for an unknown option, and for an event with an unknown property or an action of another form:
 *   before anything is done, unless `event` is a function.
 * @throws the error of `work`. The transaction is then rolled back.
 * @throws {ConflictError} PLACE_IN_USE, when `grants` names a place in which anybody holds anything, or that has ended;
 *   PLACES_LIMIT, when the viewer would hold too much.
 * @throws {OverloadedError} when too many changes of the viewer wait for a row. Nothing is done.
 * @throws {OutcomeUnknownError} when the commit was not answered, and the database cannot say what has become of it.
 */
export type Change<TTransaction> = <
  Result,
  Action extends string = string,
  Found extends object = Readonly<Record<string, unknown>>,
>(
  event: EventOf<Result, Action>,
  work: (transaction: TTransaction, found: Found) => Promise<Result>,
  options?: ChangeOptions<TTransaction, Result>,
) => Promise<Result>;

export interface ChangeDependencies<TTransaction> extends WriteDependencies<TTransaction> {
  /** Returns the origin of a change. Called for each change. */
  readonly originOf: () => Origin;
  /** The rows that the field of the change names. Absent outside of a mutation field. */
  readonly named?: NamedRows | undefined;
  /**
   * Lets serializable changes that name the same row run one after the other: they would collide, and run again. Those of
   * other processes still do.
   */
  readonly withRowLocks?: WithRowLocks | undefined;
  /** What says which groups are held in places. Absent: no group of the schema is. */
  readonly places?: PlaceRules | undefined;
  /** Throws when the client has its answer or has left: then no change begins. */
  readonly requireGoingOn?: (() => void) | undefined;
}

/** Creates the function that writes for one request, or for one mutation field of it. */
export function createChange<TTransaction>({
  originOf,
  named,
  withRowLocks = (_wanted, work) => work(),
  requireGoingOn = () => {},
  ...dependencies
}: ChangeDependencies<TTransaction>): Change<TTransaction> {
  const write = createWrite(dependencies);
  return async (event, work, options = {}) => {
    checkNames('change: options', options, optionNames);
    const { stillHolds, writes = {}, leaves = [], ends = [], grants = () => [] } = options;
    if (typeof event !== 'function') requireEvent(event);
    if (named === undefined) requireSystem(originOf(), options);
    // In the work of another change it would wait for its own locks.
    requireOutsideTransaction();
    requireGoingOn();
    const rows = dependencies.isSerializable?.() === true ? (named?.keys() ?? []) : [];
    return withRowLocks({ viewer: viewerKeyOf(originOf()), rows }, async () => {
      requireGoingOn();
      const origin = originOf();
      let holding: Viewer | undefined;
      const result = await write({ origin, stillHolds }, async (transaction, { at, record }) => {
        const placed = createPlacedChange({
          named,
          rights: origin.rights,
          rules: dependencies.places,
          transaction,
          sql: dependencies.data.sql(transaction),
          at,
        });
        const result = await work(transaction, Object(await placed.read(ends)));
        const written = Object.entries(writes).map(
          ([type, idsOf]) => [type, idsOf(result)] as const,
        );
        const { given, viewer } = await placed.finish({
          result,
          leaves,
          writes: Object.fromEntries(written),
          grants: grants(result),
        });
        holding = viewer;
        for (const each of given) await record(grantedInPlace(each, origin));
        const made = typeof event === 'function' ? event(result) : event;
        requireEvent(made);
        const { subjectId = null } = made;
        await record({ ...made, subjectId });
        return result;
      });
      if (holding !== undefined) origin.rights?.adopt(holding);
      return result;
    });
  };
}

/** The event of a group that a change gives its viewer. */
const grantedInPlace = ({ group, place }: PlacedGroup, origin: Origin) => ({
  action: 'membership.granted',
  subjectId: userIdOf(origin),
  detail: describeInPlace(group, place),
});

/** @throws {TypeError} for an option that needs the arguments of a field, and for `writes` of a viewer. */
function requireSystem(
  { rights }: Origin,
  options: Readonly<Partial<Record<'writes' | 'grants' | 'ends', unknown>>>,
): void {
  const needed = (['grants', 'ends'] as const).find((name) => options[name] !== undefined);
  const name =
    needed ?? (rights !== undefined && options.writes !== undefined ? 'writes' : undefined);
  if (name === undefined) return;
  throw new TypeError(
    `change: \`${name}\` has an effect only in the resolver of a mutation field.`,
  );
}

/** The key of a viewer among those who wait for a row. That of anonymous ones is their address. */
const viewerKeyOf = ({ actor, ip }: Origin): string =>
  actor === null ? (ip ?? '') : hashQueueKeyOf({ actor });

/** As the table of events requires. */
const actionForm = /^[a-z_]{1,32}\.[a-z_]{1,32}$/;

function requireEvent(event: { readonly action: string }): void {
  checkNames('change: event', event, eventNames);
  const { action } = event;
  if (actionForm.test(action)) return;
  throw new TypeError(
    `The action ${JSON.stringify(action)} of a change is not of the form \`thing.happened\`: ` +
      'two parts of 1 to 32 characters of a to z and `_`.',
  );
}
