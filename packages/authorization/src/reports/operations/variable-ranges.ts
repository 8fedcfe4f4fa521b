import type {
  DocumentNode,
  GraphQLInputType,
  GraphQLSchema,
  OperationDefinitionNode,
} from 'graphql';
import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInputType,
  isNonNullType,
  isRequiredInputField,
  Kind,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { memberCoordinate } from '../../requirements/coordinate.ts';

/** Whether a viewer may supply an input field or an enum value. */
export type MaySupply = (coordinate: string) => boolean;

/** What one variable of an operation can select and supply. */
export interface VariableRange {
  readonly name: string;
  /** The values with which it selects something, in `@skip` and `@include`. Empty: it stands in none. */
  readonly selecting: readonly boolean[];
  /**
   * Returns the input fields and enum values of a value that supplies no more than it must, and where it can choose, what
   * the viewer may supply. Undefined: it can be absent.
   */
  least(maySupply: MaySupply): readonly string[] | undefined;
  /** All input fields and enum values that a value of its type can supply. */
  readonly most: readonly string[];
}

/** Returns the ranges of an operation's variables. The document has to be valid. */
export function variableRanges(
  schema: GraphQLSchema,
  document: DocumentNode,
  { variableDefinitions = [] }: OperationDefinitionNode,
): readonly VariableRange[] {
  const { selecting, neverNull } = scanUses(schema, document);
  return variableDefinitions.flatMap(({ variable, type: typeNode, defaultValue }) => {
    const name = variable.name.value;
    const type = typeFromAST(schema, typeNode);
    if (!isInputType(type)) return [];
    const mayBeNull = !isNonNullType(type) && !neverNull.has(name);
    const mayBeAbsent = !isNonNullType(type) && defaultValue === undefined;
    return [
      {
        name,
        selecting: [...(selecting.get(name) ?? [])],
        least(maySupply: MaySupply) {
          if (mayBeAbsent) return undefined;
          // An explicit null replaces the default.
          return mayBeNull ? [] : leastOf(type, maySupply);
        },
        most: [...mostOf(type)],
      },
    ];
  });
}

/** Finds how variables are used: in which conditions, and at which places that accept no null. */
function scanUses(schema: GraphQLSchema, document: DocumentNode) {
  const selecting = new Map<string, Set<boolean>>();
  const neverNull = new Set<string>();
  const typeInfo = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Directive({ name, arguments: args = [] }) {
        const isInclude = name.value === 'include';
        if (!isInclude && name.value !== 'skip') return;
        for (const { value } of args) {
          if (value.kind !== Kind.VARIABLE) continue;
          const values = selecting.get(value.name.value) ?? new Set();
          selecting.set(value.name.value, values.add(isInclude));
        }
      },
      Variable({ name }) {
        if (isNonNullType(typeInfo.getInputType())) neverNull.add(name.value);
      },
    }),
  );
  return { selecting, neverNull };
}

/** Returns what the least value of a type supplies. Undefined: inside itself, the type has no value that ends. */
export function leastOf(
  declared: GraphQLInputType,
  maySupply: MaySupply,
  outer: readonly string[] = [],
): readonly string[] | undefined {
  const type = getNullableType(declared);
  if (isEnumType(type)) {
    const values = type.getValues().map(({ name }) => [memberCoordinate(type.name, name)]);
    return choose(values, maySupply);
  }
  if (!isInputObjectType(type)) return [];
  if (outer.includes(type.name)) return undefined;
  const fields = Object.values(type.getFields());
  const needed = type.isOneOf ? fields : fields.filter(isRequiredInputField);
  const supplied = needed.flatMap((field) => {
    const inside = leastOf(field.type, maySupply, [...outer, type.name]);
    return inside === undefined ? [] : [[memberCoordinate(type.name, field.name), ...inside]];
  });
  if (type.isOneOf) return choose(supplied, maySupply);
  return supplied.length < needed.length ? undefined : supplied.flat();
}

const choose = (options: readonly (readonly string[])[], maySupply: MaySupply) =>
  options.find((each) => each.every(maySupply)) ?? options[0];

function mostOf(declared: GraphQLInputType, found = new Set<string>()): ReadonlySet<string> {
  const type = getNamedType(declared);
  if (isEnumType(type)) {
    for (const { name } of type.getValues()) found.add(memberCoordinate(type.name, name));
  }
  if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) {
      const coordinate = memberCoordinate(type.name, field.name);
      if (found.has(coordinate)) continue;
      found.add(coordinate);
      mostOf(field.type, found);
    }
  }
  return found;
}
