import { AnswerTooLargeError } from '@graphql-gatehouse/authorization';
import { createReadByHalves } from '@graphql-gatehouse/authorization/read-by-halves';
import { createLoader, groupBy } from '../context/loader.ts';
import { isUuid } from '../values/uuid.ts';
import type { AnyDomain, LoaderDefinition } from './domain.ts';

export interface LoaderContext {
  readonly db: object;
}

export type Load = Readonly<Record<string, (key: never) => Promise<unknown>>>;

export interface LoadOptions {
  /** Passed to the functions with which the domains read. */
  readonly context: LoaderContext;
  /** Whether the database rejected a value that does not match the type of its column. */
  readonly isMalformed: (error: unknown) => boolean;
  /** Called by each load. It throws where nothing may be loaded: the batch is shared with other requests. */
  readonly beforeLoad: () => void;
  /** The maximum number of rows that are read at once. */
  readonly maxRows: number;
}

/** Loads a key for an execution. */
type LoadFor = (key: never, execution: object) => Promise<unknown>;

/**
 * Creates the function that returns the loaders of all domains, by name, for one execution. A process has one of each
 * loader, which batches across executions.
 */
export function createLoads(domains: readonly AnyDomain[], options: LoadOptions): () => Load {
  const properties = domains.flatMap(({ loaders = {} }) =>
    Object.entries(loaders).map(([name, definition]) => {
      const load = toLoad(definition, options);
      const property: PropertyDescriptor & ThisType<object> = {
        enumerable: true,
        get() {
          return (key: never) => {
            options.beforeLoad();
            return load(key, this);
          };
        },
      };
      return [name, property] as const;
    }),
  );
  const shared = Object.defineProperties({}, Object.fromEntries(properties));
  // Its identity is that of the execution.
  return () => Object.create(shared);
}

function toLoad(
  definition: LoaderDefinition,
  { context, isMalformed, maxRows }: LoadOptions,
): LoadFor {
  if ('batch' in definition) {
    const loader = createLoader<never, unknown>((keys) => definition.batch(keys, context));
    return (key) => loader.load(key);
  }
  const { key = 'id' } = definition;
  const isSingle = 'one' in definition;
  const readRows = isSingle ? definition.one : definition.many;
  const read = readWithin(maxRows, readRows, context);
  // Ids of others in the batch do not fail with one that has too many rows.
  const isApart = (error: unknown) => isMalformed(error) || error instanceof AnswerTooLargeError;
  const readBatch = createReadBatch({ read, key, isMalformed: isApart });
  const toValue = (rows: readonly object[]): unknown => (isSingle ? (rows[0] ?? null) : rows);
  const loader = createLoader<AskedId, unknown>(async (asked) => {
    const find = await readBatch(asked);
    return asked.map((each) => {
      const found = find(each);
      if (found instanceof Promise) return found.then((rows) => toValue(requireRows(rows)));
      return found instanceof Error ? found : toValue(found);
    });
  });
  return (id, execution) => loader.load({ id, execution });
}

/** @throws the error of a malformed id. */
function requireRows(found: Rows): readonly object[] {
  if (found instanceof Error) throw found;
  return found;
}

/** @throws {AnswerTooLargeError} from the read, by rejecting, when it returns more rows than `maxRows`. */
function readWithin(
  maxRows: number,
  read: (
    ids: string[],
    context: LoaderContext & { readonly limit: number },
  ) => Promise<readonly object[]>,
  context: LoaderContext,
): BatchReading['read'] {
  const limited = Object.assign({ limit: maxRows + 1 }, context);
  return async (ids) => {
    const rows = await read([...ids], limited);
    if (rows.length > maxRows) throw new AnswerTooLargeError({ reason: 'ROWS', limit: maxRows });
    return rows;
  };
}

/** An id that is loaded for an execution. */
interface AskedId {
  readonly id: string;
  readonly execution: object;
}

/** The rows of an id, or the error that says that it is malformed. */
type Rows = readonly object[] | Error;
type FindRows<Found = Rows | Promise<Rows>> = (asked: AskedId) => Found;

interface BatchReading extends Pick<LoadOptions, 'isMalformed'> {
  readonly read: (ids: readonly string[]) => Promise<readonly object[]>;
  /** The property of the rows that has the id. */
  readonly key: string;
}

/**
 * Creates the function that reads the ids of a batch together. When the database rejects one of them as malformed, those
 * of each execution are read apart: an execution does not wait for the malformed ids of another.
 */
function createReadBatch({ read, key, isMalformed }: BatchReading) {
  const readByHalves = createReadByHalves();
  const idOf = (row: object): unknown => Reflect.get(row, key);

  async function readOwn(execution: object, asked: readonly AskedId[]): Promise<FindRows<Rows>> {
    const { rows, malformed } = await readByHalves(idsOf(asked), {
      read,
      isMalformed: (error) => error instanceof Error && isMalformed(error),
      execution,
    });
    const rowsOf = groupBy(rows, idOf);
    return ({ id }) => {
      const error = malformed.get(id);
      return error instanceof Error ? error : rowsById(rowsOf, id);
    };
  }

  async function readTogether(asked: readonly AskedId[]): Promise<FindRows | undefined> {
    try {
      const rowsOf = groupBy(await read(idsOf(asked)), idOf);
      return ({ id }) => rowsById(rowsOf, id);
    } catch (error) {
      if (isMalformed(error)) return undefined;
      throw error;
    }
  }

  return async (asked: readonly AskedId[]): Promise<FindRows> => {
    const [first, ...others] = groupBy(asked, ({ execution }) => execution);
    if (first === undefined) return () => [];
    if (others.length === 0) return readOwn(...first);
    const together = await readTogether(asked);
    if (together !== undefined) return together;
    const apart = new Map([first, ...others].map((own) => [own[0], readOwn(...own)]));
    return async (each) => (await apart.get(each.execution))?.(each) ?? [];
  };
}

const idsOf = (asked: readonly AskedId[]): string[] => [...new Set(asked.map(({ id }) => id))];

type RowsOf = ReadonlyMap<unknown, readonly object[]>;

/** Returns the rows of an id. A UUID can be sent in any case, and is stored in lower case. */
const rowsById = (rowsOf: RowsOf, id: string): readonly object[] =>
  rowsOf.get(id) ?? (isUuid(id) ? rowsOf.get(id.toLowerCase()) : undefined) ?? [];
