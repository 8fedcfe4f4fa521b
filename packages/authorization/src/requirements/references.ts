import type { GraphQLArgument, GraphQLInputField, GraphQLInputType, GraphQLSchema } from 'graphql';
import {
  GraphQLBoolean,
  GraphQLFloat,
  getNamedType,
  isCompositeType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
} from 'graphql';
import { appliedDirectives, type DirectiveTarget } from './applied-directives.ts';
import { argumentCoordinate, memberCoordinate } from './coordinate.ts';
import { isArguments, nameOfEnumItem } from './directive.ts';
import { fileOf, type Offence, type Problem } from './offence.ts';
import { type KnownPolicies, missingCapabilities } from './policy-capabilities.ts';
import { withHolders } from './schema-types.ts';
import { enumOfArgument } from './vocabulary.ts';

/** One `@references`: an id that names a row of a type. */
export interface Reference {
  readonly typeName: string;
  /** Policies of which one must admit the row, besides the rule of its type. Empty: there are none. */
  readonly rows: readonly string[];
}

/** The ids in arguments and input fields of one schema that name rows. */
export interface References {
  /** Whether the schema has `@references`. */
  readonly exist: boolean;
  /** Returns the `@references` of an argument or input field of this type. */
  at(coordinate: string, type: GraphQLInputType): Reference | undefined;
  /** Whether values of this input type can hold such ids, at any depth. */
  isHeldBy(typeName: string): boolean;
}

/** The names of the types whose rows can be read by ids. Undefined: those of all types, as far as is known. */
export type ReadableTypes = ReadonlySet<string> | undefined;

type Member = GraphQLArgument | GraphQLInputField;

/** Reads `@references` of a schema, and lists every offence. */
export function parseReferences(
  schema: GraphQLSchema,
  policies: KnownPolicies,
  readable: ReadableTypes,
): { readonly references: References; readonly offences: readonly Offence[] } {
  const declared = new Map<string, Reference>();
  const offences: Offence[] = [];
  const parse = createParser(schema, policies, readable);

  function add(coordinate: string, element: DirectiveTarget, type: GraphQLInputType): void {
    const found = parse(element, type);
    if (found === undefined) return;
    declared.set(coordinate, found.reference);
    offences.push(
      ...found.problems.map((problem) => ({ coordinate, ...problem, ...fileOf(element) })),
    );
  }

  for (const { coordinate, member } of membersOf(schema)) add(coordinate, member, member.type);
  for (const type of Object.values(schema.getTypeMap())) {
    if (isScalarType(type)) add(type.name, type, type);
  }
  for (const [coordinate, inherited] of inheritedArguments(schema)) {
    const reference = declared.get(coordinate) ?? declared.get(inherited);
    if (reference !== undefined) declared.set(coordinate, reference);
  }
  const types = Object.keys(schema.getTypeMap()).filter((name) => declared.has(name));
  const holders = withHolders(schema, types, (coordinate) => declared.has(coordinate));
  return {
    offences,
    references: {
      exist: declared.size > 0,
      at: (coordinate, type) => declared.get(coordinate) ?? declared.get(getNamedType(type).name),
      isHeldBy: (typeName) => holders.has(typeName),
    },
  };
}

/** Creates the function that reads the directive of one element. Undefined: it has none. */
function createParser(schema: GraphQLSchema, policies: KnownPolicies, readable: ReadableTypes) {
  const policyEnum = enumOfArgument(schema, 'rows');

  function problemsOf({ typeName, rows }: Reference, type: GraphQLInputType): readonly Problem[] {
    const referenced = schema.getType(typeName);
    const named = getNamedType(type);
    const isId = isScalarType(named) && named !== GraphQLBoolean && named !== GraphQLFloat;
    const problems: readonly (readonly [boolean, Problem])[] = [
      [
        !isCompositeType(referenced),
        {
          name: 'unknown-type',
          problem: `@references(type:): there is no type "${typeName}"`,
        },
      ],
      [
        isCompositeType(referenced) && readable?.has(typeName) === false,
        {
          name: 'rows-not-readable',
          problem: `@references(type:): the type "${typeName}" has no \`byIds\`, which reads its rows`,
        },
      ],
      [
        !isId,
        {
          name: 'guard-misplaced',
          problem: '@references is allowed only on ids: scalars that are no Boolean or Float',
        },
      ],
    ];
    return [
      ...problems.filter(([isBroken]) => isBroken).map(([, problem]) => problem),
      ...missingCapabilities({ requires: [], or: [], rows }, policies, 'references'),
    ];
  }

  return (element: DirectiveTarget, type: GraphQLInputType) => {
    const [args, ...further] = tryDirectives(schema, element)
      .filter(({ name }) => name === 'references')
      .map((each) => each.args);
    // Anything else in its place is reported with the guards of the element.
    if (!isArguments(args)) return undefined;
    const { type: typeName, rows }: { readonly type?: unknown; readonly rows?: unknown } = args;
    const named = [rows ?? []].flat();
    const reference = {
      typeName: String(typeName),
      rows: named.map((each) => nameOfEnumItem(each, policyEnum)),
    };
    const wrong: readonly Problem[] = [
      ...Object.keys(args)
        .filter((name) => name !== 'type' && name !== 'rows')
        .map((name) => `@references has no argument "${name}"`)
        .map((problem): Problem => ({ name: 'unknown-argument', problem })),
      ...(further.length > 0 ? [repeated] : []),
      ...(rows !== undefined && named.length === 0 ? [withoutPolicy] : []),
      ...reference.rows
        .filter((name) => policyEnum?.getValue(name) === undefined)
        .map((name) => `@references(rows:) contains the unknown name "${name}"`)
        .map((problem): Problem => ({ name: 'unknown-policy', problem })),
    ];
    return { reference, problems: [...wrong, ...problemsOf(reference, type)] };
  };
}

const repeated: Problem = {
  name: 'repeated-references',
  problem: '@references is allowed only once on an element',
};

const withoutPolicy: Problem = {
  name: 'empty-list',
  problem: '@references(rows: []) names no policy',
};

/** Directives that do not match their definition are reported with the guards of the element. */
function tryDirectives(schema: GraphQLSchema, element: DirectiveTarget) {
  try {
    return appliedDirectives(schema, element);
  } catch {
    return [];
  }
}

/** Yields the arguments of fields, and the input fields, of a schema. */
export function* membersOf(
  schema: GraphQLSchema,
): Generator<{ coordinate: string; member: Member }> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue;
    if (isInputObjectType(type)) {
      for (const member of Object.values(type.getFields())) {
        yield { coordinate: memberCoordinate(type.name, member.name), member };
      }
    }
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const ofField = memberCoordinate(type.name, field.name);
      for (const member of field.args) {
        yield { coordinate: argumentCoordinate(ofField, member.name), member };
      }
    }
  }
}

/** Yields the arguments of fields, each with the same argument of an interface. */
function* inheritedArguments(schema: GraphQLSchema): Generator<readonly [string, string]> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const inherited of type.getInterfaces()) {
      for (const { name, args } of Object.values(inherited.getFields())) {
        for (const arg of args) {
          yield [
            argumentCoordinate(memberCoordinate(type.name, name), arg.name),
            argumentCoordinate(memberCoordinate(inherited.name, name), arg.name),
          ];
        }
      }
    }
  }
}
