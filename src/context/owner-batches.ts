import { isDeepStrictEqual } from 'node:util';
import { AnswerTooLargeError } from '@graphql-gatehouse/authorization';
import type { GraphQLResolveInfo } from 'graphql';
import { createLoader, groupBy } from './loader.ts';

/** The part of a resolver's `info` that names its field in one execution. */
type PathInfo = Pick<GraphQLResolveInfo, 'path'>;

type Path = GraphQLResolveInfo['path'];

/** The rows of one owner, such as the notes of one patient. */
export interface OwnedRows {
  readonly owner: unknown;
  /** The property of the rows that has the owner. */
  readonly by: string;
  /** What else decides which rows are read. Owners with an equal one are read together. */
  readonly question: object;
  readonly read: (owners: readonly unknown[]) => Promise<readonly object[]>;
}

/** Reads the rows of one owner, together with the other owners of the same field. */
export type ReadOwned = (info: PathInfo, owned: OwnedRows) => Promise<readonly object[]>;

/**
 * Creates the function that batches reads in one execution: they have its viewer and its filters. Owners that are asked
 * for in one turn of the event loop are read together, at most `maxRows` rows of them.
 *
 * An executor creates a path for each root field of an execution, and for each event of a subscription.
 */
export function createOwnerBatches(maxRows: number): ReadOwned {
  const loadersOf = new WeakMap<Path, Map<string, ReturnType<typeof createOwnerLoader>>>();
  return ({ path }, owned) => {
    const { root, field } = placeOf(path);
    const loaders = loadersOf.get(root) ?? new Map<string, ReturnType<typeof createOwnerLoader>>();
    loadersOf.set(root, loaders);
    const loader = loaders.get(field) ?? createOwnerLoader(maxRows);
    loaders.set(field, loader);
    return loader.load(owned);
  };
}

/** Returns the path of the root field, and the field with those above it, without list indices. */
function placeOf(path: Path): { readonly root: Path; readonly field: string } {
  let root = path;
  let field = '';
  for (let each: Path | undefined = path; each !== undefined; each = each.prev) {
    if (typeof each.key === 'string') field += `${each.typename}.${each.key} `;
    root = each;
  }
  return { root, field };
}

const createOwnerLoader = (maxRows: number) =>
  createLoader<OwnedRows, readonly object[]>((all) => readTogether(all, maxRows));

/**
 * Reads each group of equal questions with the function of its first owner.
 *
 * @throws {AnswerTooLargeError} when a function returns more rows than may be read, or all owners together would deliver
 *   more: each has its rows as often as it was asked for.
 */
async function readTogether(
  all: readonly OwnedRows[],
  maxRows: number,
): Promise<(readonly object[])[]> {
  const groups: [OwnedRows, ...OwnedRows[]][] = [];
  for (const each of all) {
    const group = groups.find(([{ question }]) => isDeepStrictEqual(question, each.question));
    if (group === undefined) groups.push([each]);
    else group.push(each);
  }
  const rowsOf = new Map<OwnedRows, readonly object[]>();
  await Promise.all(
    groups.map(async (group) => {
      const [{ by, read }] = group;
      const rows = await read([...new Set(group.map(({ owner }) => owner))]);
      requireFew(rows.length, maxRows);
      const found = groupBy(rows, (row): unknown => Reflect.get(row, by));
      for (const each of group) rowsOf.set(each, found.get(each.owner) ?? []);
    }),
  );
  const delivered = all.map((each) => rowsOf.get(each) ?? []);
  requireFew(
    delivered.reduce((sum, rows) => sum + rows.length, 0),
    maxRows,
  );
  return delivered;
}

function requireFew(rows: number, limit: number): void {
  if (rows > limit) throw new AnswerTooLargeError({ reason: 'ROWS', limit });
}
