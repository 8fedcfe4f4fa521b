import { createLoader, groupBy } from '../context/loader.ts';
import type { AnyDomain, LoaderDefinition } from './domain.ts';

/** The context of loaders. */
export interface LoaderContext {
  readonly db: object;
}

/** Loaders by name. */
export type Load = Readonly<Record<string, (key: never) => Promise<unknown>>>;

export interface LoadOptions {
  /** Passed to the functions with which the domains read. */
  readonly context: LoaderContext;
  /** Whether the database rejected a value that does not match the type of its column. */
  readonly isMalformed: (error: unknown) => boolean;
  /** Called by each load. It throws where nothing may be loaded: the batch is shared with other requests. */
  readonly beforeLoad: () => void;
}

/** Creates the loaders of all domains, by name. A process has one of each, which batches across requests. */
export const createLoad = (domains: readonly AnyDomain[], options: LoadOptions): Load =>
  Object.fromEntries(
    domains.flatMap(({ loaders = {} }) =>
      Object.entries(loaders).map(([name, definition]) => {
        const load = toLoad(definition, options);
        return [
          name,
          (key: never) => {
            options.beforeLoad();
            return load(key);
          },
        ];
      }),
    ),
  );

function toLoad(definition: LoaderDefinition, { context, isMalformed }: LoadOptions): Load[string] {
  if ('batch' in definition) {
    const loader = createLoader<never, unknown>((keys) => definition.batch(keys, context));
    return (key) => loader.load(key);
  }
  const { key = 'id' } = definition;
  const read = 'one' in definition ? definition.one : definition.many;
  const isSingle = 'one' in definition;
  const loader = createLoader<string, unknown>(async (ids) => {
    const reading = { read: (some: string[]) => read(some, context), isMalformed };
    const { rows, failures } = await readEach(ids, reading);
    const rowsOf = groupBy(rows, key);
    return ids.map((id) => {
      // Ids can be sent in any case, and are stored in lower case.
      const found = rowsOf.get(id) ?? rowsOf.get(id.toLowerCase()) ?? [];
      return failures.get(id) ?? (isSingle ? (found[0] ?? null) : found);
    });
  });
  return (id: string) => loader.load(id);
}

/** The rows of many ids, and the errors of malformed ids. */
interface Found {
  readonly rows: readonly object[];
  readonly failures: ReadonlyMap<string, Error>;
}

interface Reading extends Pick<LoadOptions, 'isMalformed'> {
  readonly read: (ids: string[]) => Promise<readonly object[]>;
}

/**
 * Reads many ids in one batch. When the database rejects one of them as malformed, halves of the batch are read, and so
 * on: the result of each id does not depend on the other ids in the batch.
 */
async function readEach(given: readonly string[], reading: Reading): Promise<Found> {
  const ids = [...new Set(given)];
  try {
    return { rows: await reading.read(ids), failures: new Map() };
  } catch (error) {
    if (!reading.isMalformed(error) || !(error instanceof Error)) throw error;
    const [id] = ids;
    if (id !== undefined && ids.length === 1) return { rows: [], failures: new Map([[id, error]]) };
    const middle = Math.ceil(ids.length / 2);
    const halves = [ids.slice(0, middle), ids.slice(middle)];
    const found = await Promise.all(halves.map((half) => readEach(half, reading)));
    return {
      rows: found.flatMap(({ rows }) => rows),
      failures: new Map(found.flatMap(({ failures }) => [...failures])),
    };
  }
}
