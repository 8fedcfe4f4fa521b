import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';

/** An operation that selects one guarded field, with values that name nothing. */
export interface Attack {
  readonly coordinate: string;
  readonly operation: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Whether the field is selected whatever the operation finds: then it is refused before anything runs. */
  readonly isCertain: boolean;
}

/** The response key of the attacked field. */
export const attackedKey = 'attacked';

/** One step from a type to a field of it. */
interface Step {
  /** Of the type that has the field. */
  readonly typeName: string;
  readonly field: GraphQLField<unknown, unknown>;
  /** Whether it takes an inline fragment, because the step before it leads to an interface or a union. */
  readonly isConditional: boolean;
}

type Composite = GraphQLObjectType | GraphQLInterfaceType;

/** A way from a root to a type. */
interface WayToType {
  readonly operation: string;
  readonly type: Composite;
  readonly steps: readonly Step[];
  readonly isConditional: boolean;
}

/** A way from a root to a field. */
type WayToField = Pick<WayToType, 'operation' | 'steps'>;

/**
 * Makes one attack for each guarded field of an object type or interface that can be reached: by a shortest way from a
 * root without inline fragments if there is one, else by a way with them.
 */
export function attacksOf(
  schema: GraphQLSchema,
  isGuarded: (coordinate: string) => boolean,
): readonly Attack[] {
  return waysToFields(schema).flatMap(({ operation, steps }) => {
    const last = steps.at(-1);
    if (last === undefined) return [];
    const coordinate = `${last.typeName}.${last.field.name}`;
    const isCertain = !steps.some(({ isConditional }) => isConditional);
    return isGuarded(coordinate)
      ? [{ coordinate, isCertain, ...toOperation(operation, steps) }]
      : [];
  });
}

/** A way to each field of each type that can be reached. */
function waysToFields(schema: GraphQLSchema): readonly WayToField[] {
  const roots: readonly WayToType[] = [
    { operation: 'query', type: schema.getQueryType() },
    { operation: 'mutation', type: schema.getMutationType() },
    { operation: 'subscription', type: schema.getSubscriptionType() },
  ].flatMap(({ type, operation }) =>
    type ? [{ operation, type, steps: [], isConditional: false }] : [],
  );
  const seen = new Set<string>();
  const conditional: WayToType[] = [];
  const found: WayToField[] = [];

  /** Nearest types first. */
  function explore(start: readonly WayToType[]): void {
    const open = start.filter(({ type }) => !seen.has(type.name));
    for (const { type } of open) seen.add(type.name);
    // Grows while it is read.
    for (const { operation, type, steps, isConditional } of open) {
      for (const field of Object.values(type.getFields())) {
        const longer = [...steps, { typeName: type.name, field, isConditional }];
        found.push({ operation, steps: longer });
        const next = getNamedType(field.type);
        if (isAbstractType(next)) {
          const possible = schema.getPossibleTypes(next);
          const way = { operation, steps: longer, isConditional: true };
          conditional.push(...possible.map((each) => ({ ...way, type: each })));
        }
        if ((!isObjectType(next) && !isInterfaceType(next)) || seen.has(next.name)) continue;
        seen.add(next.name);
        open.push({ operation, type: next, steps: longer, isConditional: false });
      }
    }
  }
  explore(roots);
  // Grows as well.
  for (const way of conditional) explore([way]);
  return found;
}

function toOperation(
  operation: string,
  steps: readonly Step[],
): Pick<Attack, 'operation' | 'variables'> {
  const variables: Record<string, unknown> = {};
  const declarations: string[] = [];
  const argumentsOf = (args: readonly GraphQLArgument[]): string => {
    const required = args.filter(isRequiredArgument).map(({ name, type }) => {
      const variable = `v${declarations.length}`;
      declarations.push(`$${variable}: ${type}`);
      variables[variable] = inputValue(type);
      return `${name}: $${variable}`;
    });
    return required.length === 0 ? '' : `(${required.join(', ')})`;
  };
  const selections = steps.reduceRight((inner, { typeName, field, isConditional }, index) => {
    const isLast = index === steps.length - 1;
    const isLeaf = !isCompositeType(getNamedType(field.type));
    const below = isLast ? (isLeaf ? '' : ' { __typename }') : ` ${inner}`;
    const key = isLast ? `${attackedKey}: ` : '';
    const selected = `${key}${field.name}${argumentsOf(field.args)}${below}`;
    return isConditional ? `{ ... on ${typeName} { ${selected} } }` : `{ ${selected} }`;
  }, '');
  const head = declarations.length === 0 ? '' : ` (${declarations.join(', ')})`;
  return { operation: `${operation}${head} ${selections}`, variables };
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
function inputValue(inputType: GraphQLInputType): unknown {
  const type = getNullableType(inputType);
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
