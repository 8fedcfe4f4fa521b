import type { DocumentNode, GraphQLInputType, GraphQLSchema } from 'graphql';
import {
  getNullableType,
  getOperationAST,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  Kind,
  typeFromAST,
  visit,
} from 'graphql';
import type { Choices } from './generators.ts';

/** Variables of a request. */
export type Variables = Readonly<Record<string, unknown>>;

/** No value: the variable is not sent. */
const absent = Symbol('absent');

/** The values to try for each variable of an operation. Together they supply all that can be supplied. */
export type Candidates = ReadonlyMap<string, readonly unknown[]>;

export function candidatesOf(schema: GraphQLSchema, document: DocumentNode): Candidates {
  const { variableDefinitions = [] } = getOperationAST(document) ?? {};
  return new Map(
    variableDefinitions.map(({ variable, type: node, defaultValue }) => {
      const type = typeFromAST(schema, node);
      if (!isInputType(type)) throw new Error('unreachable');
      const mayBeAbsent = !isNonNullType(type) || defaultValue !== undefined;
      const nothing = isNonNullType(type) ? [] : [null];
      return [
        variable.name.value,
        [...(mayBeAbsent ? [absent] : []), ...nothing, ...withoutRepeated(type)],
      ];
    }),
  );
}

/** The values of a type that each supply something which the earlier ones do not. */
function withoutRepeated(type: GraphQLInputType): readonly unknown[] {
  const known = new Set<string>();
  return valuesOf(type, 0).filter((value) => {
    const count = known.size;
    for (const coordinate of suppliedBy(type, value)) known.add(coordinate);
    return known.size > count;
  });
}

/** Returns what a value supplies, itself included. */
function suppliedBy(given: GraphQLInputType, value: unknown): readonly string[] {
  const type = getNullableType(given);
  if (Array.isArray(value)) {
    const item = isListType(type) ? type.ofType : type;
    return ['[]', ...value.flatMap((each) => suppliedBy(item, each))];
  }
  const entries = isInputObjectType(type) ? Object.entries(Object(value)) : [];
  const fields = isInputObjectType(type) ? type.getFields() : {};
  return [
    entries.length > 0 ? '{}' : `${value}`,
    ...entries.flatMap(([name, inside]) => {
      const field = fields[name];
      return field === undefined ? [] : [`${type}.${name}`, ...suppliedBy(field.type, inside)];
    }),
  ];
}

/** Values of a type: the least ones, and with each thing that they can supply, one at a time. */
function valuesOf(given: GraphQLInputType, depth: number): readonly unknown[] {
  const type = getNullableType(given);
  if (isListType(type)) return [[], ...valuesOf(type.ofType, depth).map((value) => [value])];
  if (isEnumType(type)) return type.getValues().map(({ name }) => name);
  if (!isInputObjectType(type)) return scalars[type.name] ?? [101];
  const fields = Object.values(type.getFields());
  if (type.isOneOf) {
    return fields.flatMap(({ name, type: inside }) =>
      depth > 2 ? [] : valuesOf(inside, depth + 1).map((value) => ({ [name]: value })),
    );
  }
  const required = fields.filter(isRequiredInputField);
  const least = required.reduce<readonly object[]>(
    (all, { name, type: inside }) =>
      all.flatMap((one) => valuesOf(inside, depth + 1).map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
  if (depth > 2) return least;
  const [first] = least;
  const more = fields
    .filter((field) => !required.includes(field))
    .flatMap(({ name, type: inside }) =>
      valuesOf(inside, depth + 1).map((value) => ({ ...first, [name]: value })),
    );
  return [...least, ...more];
}

const scalars: Readonly<Record<string, readonly unknown[]>> = {
  Boolean: [true, false],
  String: ['101'],
};

export const withValue = (variables: Variables, name: string, value: unknown): Variables => {
  const { [name]: _replaced, ...others } = variables;
  return value === absent ? others : { ...others, [name]: value };
};

/** Chooses a value of each variable. */
export const chooseVariables = (candidates: Candidates, choices: Choices): Variables =>
  [...candidates].reduce<Variables>((all, [name, values]) => {
    const [first, ...others] = values;
    return withValue(all, name, choices.oneOf([first, ...others]));
  }, {});

/** Sends null for each variable that may be null, which supplies nothing, not even its default. */
export const supplyLittle = (candidates: Candidates): Variables =>
  [...candidates].reduce<Variables>(
    (all, [name, values]) => withValue(all, name, values.includes(null) ? null : values[0]),
    {},
  );

/** Lets half of the conditions of an operation share one variable, which then stands in `@skip` and in `@include`. */
export function withSharedConditions(document: DocumentNode): DocumentNode {
  const isShared = (name: string) => /^b\d*[02468]$/.test(name);
  let isDeclared = false;
  return visit(document, {
    VariableDefinition(node) {
      if (!isShared(node.variable.name.value)) return undefined;
      if (isDeclared) return null;
      isDeclared = true;
      return undefined;
    },
    Name: (node) => (isShared(node.value) ? { kind: Kind.NAME, value: 'b0' } : undefined),
  });
}
