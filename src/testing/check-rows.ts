import { randomUUID } from 'node:crypto';
import { findUndefined, findUnread } from '@graphql-gatehouse/authorization/decision';
import { checkOptions, type ShapesOf } from '@graphql-gatehouse/authorization/options';
import type { ApiClientViewer } from '../authentication/viewer.ts';
import type { Context } from '../context/context.ts';
import type { DomainPolicy } from '../schema/policies/policy.ts';
import type { GatehouseConfig } from '../schema/project.ts';

/** A policy for rows, a table, and the viewers for whom both of its functions are compared. */
export interface RowCheck<Row extends object, Where> {
  /** The policy's name in the enum `Policy`. */
  readonly policy: string;
  /** Reads the rows of the table that a filter selects. Without a filter: all rows. */
  read(where?: Where): PromiseLike<readonly Row[]>;
  /** The viewers, who should own some of the rows. An API client in no group is added. */
  readonly viewers: readonly { readonly accessToken: string }[];
  /** Returns what identifies a row. Default: its `id`. */
  key?(row: Row): unknown;
}

const checkShapes = {
  policy: 'string',
  read: 'function',
  viewers: 'object',
  key: 'function?',
} satisfies ShapesOf<RowCheck<object, unknown>>;

/** Creates the context of a request of a viewer. */
export type ContextOf = (
  viewer: { readonly accessToken: string } | ApiClientViewer,
) => Promise<Context>;

interface RowCheckDependencies {
  readonly config: Pick<GatehouseConfig, 'domains' | 'combineFilters'>;
  readonly contextOf: ContextOf;
}

/**
 * Compares `where` and `admits` of a policy on all rows of a table, for each viewer.
 *
 * @returns one line for each viewer for whom they disagree, or a row has no property that `admits` reads, with the first
 *   such row; and a line when no viewer is
 *   admitted to any row, since the check shows nothing then.
 * @throws {Error} when no domain has a policy with both functions by this name, and what the policy throws.
 */
export async function checkRows(
  check: RowCheck<object, unknown>,
  { config, contextOf }: RowCheckDependencies,
): Promise<readonly string[]> {
  checkOptions('checkRows', check, checkShapes);
  const policy = findPolicy(check.policy, config);
  // As in requests: other data clients have filters of classes, in which anything can be undefined.
  const looksInto = config.combineFilters === undefined ? 'every object' : 'plain objects';
  const rows = await check.read();
  const problems: string[] = [];
  let admitted = 0;
  for (const viewer of [...check.viewers, anApiClient()]) {
    const context = await contextOf(viewer);
    const found = await compare(check, { policy, rows, context, looksInto });
    admitted += found.admitted;
    problems.push(...found.problems);
  }
  if (admitted === 0) {
    problems.push(`${check.policy}: it allows none of the viewers any of ${rows.length} rows`);
  }
  return problems;
}

type PolicyForRows = Exclude<DomainPolicy<Context>, (...args: never[]) => unknown>;

function findPolicy(name: string, { domains = [] }: RowCheckDependencies['config']): PolicyForRows {
  const policies = Object.assign({}, ...domains.map((domain) => domain.policies));
  const policy: DomainPolicy<Context> | undefined = policies[name];
  if (typeof policy !== 'object') {
    throw new Error(`${name}: no domain has a policy with this name and both functions.`);
  }
  return policy;
}

interface Comparison {
  readonly looksInto: Parameters<typeof findUndefined>[1];
  readonly policy: PolicyForRows;
  readonly rows: readonly object[];
  readonly context: Context;
}

/** Compares both functions for one viewer, up to the first row where they disagree. */
async function compare(
  { policy: name, read, key = idOf }: RowCheck<object, unknown>,
  { policy, rows, context, looksInto }: Comparison,
) {
  const { viewer } = context;
  if (!viewer.isAuthenticated) throw new Error(`The access token of a viewer: ${viewer.reason}`);
  const filter = policy.where(viewer, context);
  const unset = findUndefined(filter, looksInto);
  if (unset !== undefined) {
    throw new Error(
      `${name}: the filter's property ${unset} is undefined: it would select all rows.`,
    );
  }
  const selected = new Set((await read(filter)).map(key));
  let admitted = 0;
  for (const row of rows) {
    const unread = findUnread(policy.reads, row);
    if (unread !== undefined) {
      const problem = `\`admits\` reads \`${unread}\`, which is undefined: it allows no one`;
      return { admitted, problems: [`${name}: the row ${key(row)}: ${problem}`] };
    }
    const isAdmitted = (await policy.admits(viewer, row, context)) === true;
    if (isAdmitted) admitted += 1;
    if (isAdmitted === selected.has(key(row))) continue;
    const whom = viewer.kind === 'user' ? `the user ${viewer.userId}` : 'an API client';
    const how = isAdmitted
      ? '`admits` allows it, and `where` does not select it'
      : '`where` selects it, and `admits` does not allow it';
    return { admitted, problems: [`${name}: the row ${key(row)}, for ${whom}: ${how}`] };
  }
  return { admitted, problems: [] };
}

function idOf(row: object): unknown {
  if (!('id' in row)) throw new Error('The rows have no `id`: pass `key`.');
  return row.id;
}

/** An API client in no group. A filter by its `userId` must select nothing. */
const anApiClient = (): ApiClientViewer => ({
  kind: 'apiClient',
  isAuthenticated: true,
  clientId: randomUUID(),
  secretHash: new Uint8Array(),
  groups: new Set(),
});
