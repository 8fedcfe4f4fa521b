import {
  type Authorization,
  createAuthorization,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import type { GraphQLNamedType, GraphQLResolveInfo } from 'graphql';
import { isObjectType, responsePathAsArray } from 'graphql';
import { generateWhole } from './generated-rounds.ts';
import { createChoices, policies, rowPolicies, selectsRow } from './generators.ts';
import { createListWorld, generateLists, listPolicies } from './list-world.ts';
import { createWorld } from './world.ts';

export interface ExecutedContext {
  readonly viewer: Viewer;
  /** What the resolvers of the application got, in the order of their calls. */
  readonly calls: string[];
  /** The fragments of the document, as the last resolver got them: graphql-js makes others for each execution. */
  fragments?: object;
}

/** A generated schema, guarded. */
export interface Setting {
  readonly sdl: string;
  readonly authorization: Authorization<ExecutedContext>;
}

/** Creates a setting from the numbers of one case. */
export type CreateSetting = (numbers: readonly number[]) => Setting;

const viewerOf = ({ viewer }: ExecutedContext): Viewer => viewer;

/** Lists of objects with values of all kinds, and properties with and without guards. */
const createListSetting: CreateSetting = (numbers) => {
  const sdl = generateLists(createChoices(numbers));
  const world = createListWorld(sdl, (info) => authorization.rowsOf(info));
  // Resolvers below read properties first, which wrapped ones would not.
  recordCalls(world.getQueryType());
  const authorization: Authorization<ExecutedContext> = createAuthorization(world, {
    policies: listPolicies,
    viewerOf,
  });
  return { sdl, authorization };
};

/** Interfaces, unions, arguments, enums, late values, policies and rows. */
const createWholeSetting: CreateSetting = (numbers) => {
  const sdl = generateWhole(numbers);
  const world = createWorld(sdl, (info) => {
    const filter = authorization.rowsOf(info);
    return filter === undefined ? undefined : (row) => selectsRow(row, Object(filter));
  });
  for (const type of Object.values(world.getTypeMap())) recordCalls(type);
  const authorization: Authorization<ExecutedContext> = createAuthorization(world, {
    policies: { ...policies, ...rowPolicies },
    viewerOf,
  });
  return { sdl, authorization };
};

export const settings = [
  { of: 'lists with values of all kinds', createSetting: createListSetting },
  { of: 'all kinds of types', createSetting: createWholeSetting },
] as const;

/** Records the calls of the resolvers of a type. */
function recordCalls(type: GraphQLNamedType | null | undefined): void {
  if (!isObjectType(type) || type.name.startsWith('__')) return;
  for (const field of Object.values(type.getFields())) {
    const { resolve } = field;
    if (resolve === undefined) continue;
    field.resolve = (source, args, context: ExecutedContext, info) => {
      context.calls.push(JSON.stringify([args, describe(info)]));
      context.fragments = info.fragments;
      return resolve(source, args, context, info);
    };
  }
}

const describe = ({ path, fieldNodes, operation, fragments, ...rest }: GraphQLResolveInfo) => ({
  path: responsePathAsArray(path),
  typename: path.typename,
  nodes: fieldNodes.map(({ loc }) => loc?.start),
  operation: operation.loc?.start,
  fragments: Object.keys(fragments),
  rest: Object.entries(rest).map(([name, value]) => [name, name === 'schema' ? '' : String(value)]),
  variables: rest.variableValues,
});
