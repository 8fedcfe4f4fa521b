import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';

/** An operation that selects one guarded field, with values that name nothing. */
export interface Attack {
  /** The guarded field. */
  readonly coordinate: string;
  readonly operation: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** One step from a type to a field of it. `typeName`: of the type that has the field. */
interface Step {
  readonly typeName: string;
  readonly field: GraphQLField<unknown, unknown>;
}

/** Makes one attack for each guarded field of an object type, by a shortest way from a root. */
export function attacksOf(
  schema: GraphQLSchema,
  isGuarded: (coordinate: string) => boolean,
): readonly Attack[] {
  return shortestWays(schema).flatMap(({ operation, way }) => {
    const last = way.at(-1);
    if (last === undefined) return [];
    const coordinate = `${last.typeName}.${last.field.name}`;
    return isGuarded(coordinate) ? [{ coordinate, ...toOperation(operation, way) }] : [];
  });
}

interface Way {
  readonly operation: string;
  readonly way: readonly Step[];
}

/** A shortest way to each field of each object type that can be reached. */
function shortestWays(schema: GraphQLSchema): readonly Way[] {
  const open: {
    readonly operation: string;
    readonly type: GraphQLObjectType;
    readonly way: readonly Step[];
  }[] = [
    { operation: 'query', type: schema.getQueryType(), way: [] },
    { operation: 'mutation', type: schema.getMutationType(), way: [] },
    { operation: 'subscription', type: schema.getSubscriptionType(), way: [] },
  ].flatMap(({ type, ...rest }) => (type ? [{ ...rest, type }] : []));
  const seen = new Set(open.map(({ type }) => type.name));
  const found: Way[] = [];
  // Grows while it is read: nearest types first.
  for (const { operation, type, way } of open) {
    for (const field of Object.values(type.getFields())) {
      const longer = [...way, { typeName: type.name, field }];
      found.push({ operation, way: longer });
      const next = getNamedType(field.type);
      // Behind an interface or union the type of an object, and so the guard, is known only at run time.
      if (!isObjectType(next) || seen.has(next.name)) continue;
      seen.add(next.name);
      open.push({ operation, type: next, way: longer });
    }
  }
  return found;
}

function toOperation(operation: string, way: readonly Step[]): Omit<Attack, 'coordinate'> {
  const variables: Record<string, unknown> = {};
  const declarations: string[] = [];
  const argumentsOf = (args: readonly GraphQLArgument[]): string => {
    const given = args.filter(isRequiredArgument).map(({ name, type }) => {
      const variable = `v${declarations.length}`;
      declarations.push(`$${variable}: ${type}`);
      variables[variable] = inputValue(type);
      return `${name}: $${variable}`;
    });
    return given.length === 0 ? '' : `(${given.join(', ')})`;
  };
  const selections = way.map(({ field }) => `${field.name}${argumentsOf(field.args)}`);
  const last = way.at(-1);
  const isLeaf = last === undefined || !isCompositeType(getNamedType(last.field.type));
  const text = `${selections.join(' { ')}${isLeaf ? '' : ' { __typename }'}`;
  const closing = ' }'.repeat(way.length - 1);
  const head = declarations.length === 0 ? '' : ` (${declarations.join(', ')})`;
  return { operation: `${operation}${head} { ${text}${closing} }`, variables };
}

/** Values for leaf types, of which the first that a type takes is used. They name nothing. */
const candidates: readonly unknown[] = [
  '00000000-0000-0000-0000-000000000000',
  '2000-01-01T00:00:00.000Z',
  0,
  false,
  {},
];

/** A value of an input type, with as little in it as the type asks for. */
function inputValue(given: GraphQLInputType): unknown {
  const type = getNullableType(given);
  if (isListType(type)) return [];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (!isInputObjectType(type)) return candidates.find((value) => takes(type, value));
  const fields = Object.values(type.getFields());
  const needed = type.isOneOf ? fields.slice(0, 1) : fields.filter(isRequiredInputField);
  return Object.fromEntries(needed.map((field) => [field.name, inputValue(field.type)]));
}

function takes(type: { parseValue(value: unknown): unknown }, value: unknown): boolean {
  try {
    type.parseValue(value);
    return true;
  } catch {
    return false;
  }
}
