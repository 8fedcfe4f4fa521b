import type { FieldNode, GraphQLField, GraphQLObjectType, GraphQLResolveInfo } from 'graphql';
import {
  defaultFieldResolver,
  getArgumentValues,
  getNamedType,
  isObjectType,
  Kind,
  responsePathAsArray,
} from 'graphql';
import { createCollector } from '../plan/operation-walk.ts';
import type { NarrowedCall } from './narrowed-call.ts';

type Path = GraphQLResolveInfo['path'];

/** Whether a field of a connection or an edge returns edges or rows. */
export type HasRows = (type: GraphQLObjectType, field: GraphQLField<unknown, unknown>) => boolean;

/** A connection or an edge, or a selected field of one. */
interface Selected {
  readonly source: unknown;
  readonly type: GraphQLObjectType;
  readonly nodes: readonly FieldNode[];
  readonly path: Path;
}

/** A field is selected by one node or more. */
interface SelectedField extends Selected {
  readonly nodes: readonly [FieldNode, ...FieldNode[]];
}

/**
 * Resolves the selected edges and rows of a narrowed connection before it is delivered, so that a row that is not
 * admitted takes the whole connection with it. For rows that functions and other resolvers return.
 *
 * Calls the guarded resolvers, whose fence checks the rows, and keeps their values in `ahead`, where the executor gets
 * them. Errors that are not about rows are left to the executor, which calls the resolver again.
 *
 * @throws the failure of the narrowed call, by rejecting.
 */
export async function resolveAhead<TContext>(
  source: unknown,
  narrowed: NarrowedCall<TContext>,
  info: GraphQLResolveInfo,
  hasRows: HasRows,
): Promise<void> {
  const { fragments, variableValues, schema } = info;
  const document = { kind: Kind.DOCUMENT, definitions: Object.values(fragments) } as const;
  const collect = createCollector({ schema, document, variableValues });

  async function resolveFields({ source, type, nodes, path }: Selected): Promise<void> {
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    const pending: Promise<void>[] = [];
    for (const [key, inside] of collect(type, sets)) {
      const field = type.getFields()[inside[0].name.value];
      if (field === undefined || !hasRows(type, field)) continue;
      const selected = {
        source,
        type,
        nodes: inside,
        path: { prev: path, key, typename: type.name },
      };
      pending.push(resolveEdges(call(selected, field), selected, getNamedType(field.type)));
    }
    await Promise.all(pending);
  }

  /** Returns undefined for arguments that are not valid, and for a resolver that throws. */
  function call(
    { source, type, nodes, path }: SelectedField,
    field: GraphQLField<unknown, unknown>,
  ): unknown {
    const resolver = field.resolve ?? defaultFieldResolver;
    const own = { fieldName: field.name, fieldNodes: nodes, returnType: field.type };
    try {
      const args = getArgumentValues(field, nodes[0], variableValues);
      const called = { ...info, ...own, parentType: type, path };
      const value: unknown = resolver(source, args, narrowed.call.context, called);
      narrowed.ahead?.set(keyOf(path), value);
      return value;
    } catch {
      return undefined;
    }
  }

  /** Resolves the fields of edges. Rows were checked by the fence of the resolver that returned them. */
  async function resolveEdges(
    value: unknown,
    { nodes, path }: Selected,
    type: unknown,
  ): Promise<void> {
    const edges = await settle(value);
    if (!isObjectType(type) || !isCarrier(type)) return;
    const resolveEdge = async (edge: unknown, at: Path): Promise<void> => {
      const source = await settle(edge);
      if (source === null || source === undefined || source instanceof Error) return;
      await resolveFields({ source, type, nodes, path: at });
    };
    await (Array.isArray(edges)
      ? Promise.all(
          edges.map((edge, key) => resolveEdge(edge, { prev: path, key, typename: undefined })),
        )
      : resolveEdge(edges, path));
  }

  const isCarrier = (type: GraphQLObjectType): boolean =>
    Object.values(type.getFields()).some((field) => hasRows(type, field));

  const settle = (value: unknown): Promise<unknown> =>
    Promise.resolve(value).catch(() => undefined);

  const type = getNamedType(info.returnType);
  if (isObjectType(type))
    await resolveFields({ source, type, nodes: info.fieldNodes, path: info.path });
  if (narrowed.failure !== undefined) throw narrowed.failure;
}

/** Returns the key of a path in {@link NarrowedCall.ahead}. */
export const keyOf = (path: Path): string => responsePathAsArray(path).join('.');
