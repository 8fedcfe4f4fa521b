import {
  type Authorization,
  createAdmit,
  createAuthorization,
  type Policies,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { IResolvers } from '@graphql-tools/utils';
import { type ExecutionResult, execute, parse } from 'graphql';
import type { DenialExtensions } from '../../packages/authorization/src/enforcement/calls/authorization-error.ts';
import type {
  CombineFilters,
  RowsOf,
} from '../../packages/authorization/src/enforcement/rows/ask-rows.ts';
import { withPolicies } from './fixtures.ts';

/** A viewer who has a name, to own rows by. */
export type NamedViewer = Viewer & { readonly name?: string };

export interface RowsContext {
  readonly viewer: NamedViewer;
}

export const named = (name: string, ...groups: readonly string[]): NamedViewer => ({
  isAuthenticated: true,
  groups: new Set(groups),
  name,
});

/** A room of Ada's, of Bob's, or without an owner. */
export interface Room {
  readonly id: number;
  readonly owner: string | null;
}

export const rooms: readonly Room[] = [
  { id: 1, owner: 'ada' },
  { id: 2, owner: 'bob' },
  { id: 3, owner: 'ada' },
  { id: 4, owner: null },
];

/** A filter as the policies here write it, and as {@link select} reads it. */
export interface Filter {
  readonly owner?: string;
  readonly maxId?: number;
  readonly OR?: readonly Filter[];
  readonly AND?: readonly Filter[];
}

/** Whether a filter selects a room. */
function selects(room: Room, { owner, maxId, OR, AND }: Filter): boolean {
  return (
    (owner === undefined || room.owner === owner) &&
    (maxId === undefined || room.id <= maxId) &&
    (OR === undefined || OR.some((filter) => selects(room, filter))) &&
    (AND === undefined || AND.every((filter) => selects(room, filter)))
  );
}

/** The rooms that a filter selects, as a data client would. */
export const select = (filter: Filter | undefined): readonly Room[] =>
  filter === undefined ? rooms : rooms.filter((room) => selects(room, filter));

const nameOf = (viewer: NamedViewer): string => viewer.name ?? '';
const roomOf = (row: unknown): Room =>
  rooms.find((room) => room === row) ?? { id: 99, owner: null };

/** SELF: rooms of one's own. BOSS: rooms 1 and 2. */
export const policies: Policies<NamedViewer, RowsContext> = {
  SELF: {
    reads: ['owner'],
    admits: (viewer, row) => roomOf(row).owner === nameOf(viewer),
    where: (viewer) => ({ owner: nameOf(viewer) }),
  },
  BOSS: {
    reads: ['id'],
    admits: (_viewer, row) => roomOf(row).id <= 2,
    where: () => ({ maxId: 2 }),
  },
};

export interface RowsWorld {
  readonly authorization: Authorization<RowsContext>;
  /** The coordinates and causes that `onRowsError` was called with. */
  readonly mistakes: string[];
  readonly reported: DenialExtensions[];
  readonly rowsOf: RowsOf;
  run(
    text: string,
    viewer: NamedViewer,
    variableValues?: Readonly<Record<string, unknown>>,
  ): Promise<ExecutionResult>;
  /** Runs an operation on the guarded schema, and finishes its result as a host does. */
  ask(text: string, viewer: NamedViewer): Promise<ExecutionResult>;
}

type RowInfo = Parameters<RowsOf>[0];

export interface RowsWorldOptions {
  readonly sdl: string;
  /** Gets the `rowsOf` of the authorization, as an application's resolvers do through the context. */
  readonly resolvers: (
    filterOf: (info: RowInfo) => Filter | undefined,
    rowsOf: RowsOf,
  ) => IResolvers<unknown, RowsContext>;
  readonly policies?: Policies<NamedViewer, RowsContext>;
  readonly combineFilters?: CombineFilters;
  readonly isDryRun?: boolean;
  readonly onPolicyError?: (error: unknown) => void;
}

/** Guards a schema with narrowed fields. */
export function createRowsWorld({
  sdl,
  resolvers,
  isDryRun = false,
  onPolicyError,
  combineFilters,
  ...given
}: RowsWorldOptions): RowsWorld {
  const mistakes: string[] = [];
  const reported: DenialExtensions[] = [];
  const typeDefs = `${withPolicies} ${sdl}`;
  const rowsOf: RowsOf = (info, typeName) => authorization.rowsOf(info, typeName);
  const schema = makeExecutableSchema({
    typeDefs,
    resolvers: resolvers((info) => toFilter(rowsOf(info)), rowsOf),
  });
  const authorization: Authorization<RowsContext> = createAuthorization<NamedViewer, RowsContext>(
    schema,
    {
      policies: given.policies ?? policies,
      viewerOf: ({ viewer }) => viewer,
      onRowsError: ({ message }) => mistakes.push(message),
      ...(onPolicyError === undefined ? {} : { onPolicyError }),
      ...(combineFilters === undefined ? {} : { combineFilters }),
      ...(isDryRun ? { report: (denial) => reported.push(denial) } : {}),
    },
  );
  const run: RowsWorld['run'] = async (text, viewer, variableValues = {}) => {
    const request = { document: parse(text), contextValue: { viewer }, variableValues };
    const result = await execute({ schema: authorization.schema, ...request });
    return JSON.parse(JSON.stringify(result));
  };
  const ask: RowsWorld['ask'] = async (text, viewer) => {
    const request = { document: parse(text), contextValue: { viewer } };
    const admission = await createAdmit(authorization)(request);
    if (admission.kind !== 'admitted') throw new Error('It is admitted.');
    const ran = await execute({ schema: authorization.schema, ...request });
    const { result } = await admission.finish(ran);
    return JSON.parse(JSON.stringify(result));
  };
  return { authorization, mistakes, reported, rowsOf, run, ask };
}

const toFilter = (filter: unknown): Filter | undefined =>
  filter === undefined ? undefined : { ...Object(filter) };
