import {
  type ASTNode,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  Kind,
  parse,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { expand, type Scope } from './selected-fields.ts';

const typeKey = 'oracleType';
const idKey = 'oracleId';

/** What the oracle expects: `coordinate type` with its ids. Without a type: `coordinate`. */
export type ExpectedReads = ReadonlyMap<string, ReadonlySet<string>>;

/** Returns the document with the type of each object, and its id, selected beside what it selects. */
export function withTypesAndIds(document: DocumentNode, idTypes: readonly string[]): DocumentNode {
  const ids = idTypes.map((name) => `... on ${name} { ${idKey}: id }`).join(' ');
  const [added] = parse(`{ ${typeKey}: __typename ${ids} }`).definitions;
  const more: readonly SelectionNode[] =
    added?.kind === Kind.OPERATION_DEFINITION ? added.selectionSet.selections : [];
  return visit(document, {
    SelectionSet: {
      leave: (set): ASTNode => ({ ...set, selections: [...set.selections, ...more] }),
    },
  });
}

interface Nearest {
  readonly type: string;
  readonly id: string;
}

/** Walks the result of {@link withTypesAndIds}, and finds what it holds of these coordinates. */
export function expectReads(
  schema: GraphQLSchema,
  scope: Scope,
  { data, errors = [] }: ExecutionResult,
  audited: ReadonlySet<string>,
): ExpectedReads {
  const reads = new Map<string, Set<string>>();
  const failed = errors.map(({ path = [] }) => path.join('.'));
  const isFailed = (path: string) => failed.some((each) => `${each}.`.startsWith(`${path}.`));

  function count(coordinate: string, nearest: Nearest | undefined): void {
    if (!audited.has(coordinate)) return;
    const key = nearest === undefined ? coordinate : `${coordinate} ${nearest.type}`;
    const ids = reads.get(key) ?? new Set();
    reads.set(key, nearest === undefined ? ids : ids.add(nearest.id));
  }

  function walk(value: unknown, sets: readonly SelectionSetNode[], at: Place): void {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        walk(item, sets, { ...at, path: `${at.path}${index}.` });
      }
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    const object: Readonly<Record<string, unknown>> = { ...value };
    const type = String(object[typeKey]);
    const nearest = object[idKey] === undefined ? at.nearest : { type, id: String(object[idKey]) };
    let isRead = false;
    for (const [key, nodes] of expand(scope, sets, (name) => isOf(type, name))) {
      const name = nodes[0]?.name.value ?? '';
      const path = `${at.path}${key}`;
      if (name === '__typename' || key === idKey || !(key in object)) continue;
      if (object[key] === null && isFailed(path)) continue;
      isRead = true;
      count(`${type}.${name}`, nearest);
      const below = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
      walk(object[key], below, { path: `${path}.`, nearest });
    }
    if (isRead) count(type, nearest);
  }

  /** Whether objects of a type are of another, which can be abstract. */
  function isOf(typeName: string, name: string): boolean {
    const [type, other] = [schema.getType(typeName), schema.getType(name)];
    if (type === other) return true;
    return isAbstractType(other) && isObjectType(type) && schema.isSubType(other, type);
  }

  walk(data, [scope.operation.selectionSet], { path: '', nearest: undefined });
  return reads;
}

interface Place {
  /** With a dot at its end. */
  readonly path: string;
  readonly nearest: Nearest | undefined;
}
