import type { ConstDirectiveNode, GraphQLEnumType, GraphQLEnumValue, GraphQLSchema } from 'graphql';
import { GraphQLError, getNamedType, isEnumType, Kind, print } from 'graphql';
import {
  type AppliedDirective,
  appliedDirectives,
  type DirectiveBearer,
  directiveNodes,
} from './applied-directives.ts';
import { memberCoordinate } from './coordinate.ts';
import type { Clause } from './requirement.ts';

/** What stands on one element of a schema, and what is wrong with it. */
export interface Guard {
  readonly clauses: readonly Clause[];
  /** Whether any `@auth` stands there, were it a faulty one. */
  readonly isGuarded: boolean;
  readonly isPublic: boolean;
  readonly problems: readonly string[];
}

/** Reads `@auth` and `@public` from an element: from its SDL, or from `extensions.directives`. */
export type GuardParser = (element: DirectiveBearer) => Guard;

/** The names that the schema's own enums give to groups and policies. */
export interface Vocabulary {
  readonly groups: ReadonlySet<string>;
  readonly policies: ReadonlySet<string>;
  /** Values whose internal value is another one's name: nobody could tell which of the two is meant. */
  readonly ambiguous: readonly string[];
}

/**
 * Finds which enums the schema's `@auth` speaks of: those of its arguments `requires` and `or`.
 *
 * @throws {Error} when the schema defines no `@auth(requires: [SomeEnum!])`.
 */
export function parseVocabulary(schema: GraphQLSchema): Vocabulary {
  const groups = enumOfArgument(schema, 'requires');
  if (groups === undefined) {
    throw new Error(
      'The schema does not define the directive @auth(requires: [Group!]) with an enum of groups.',
    );
  }
  const policies = enumOfArgument(schema, 'or');
  return {
    groups: namesOf(groups),
    policies: namesOf(policies),
    ambiguous: [groups, policies].flatMap(ambiguousValues),
  };
}

/** Makes the reader of one schema's guards. Nothing in it throws: every mistake is a problem listed. */
export function createGuardParser(schema: GraphQLSchema, vocabulary: Vocabulary): GuardParser {
  const toNames = {
    requires: enumOfArgument(schema, 'requires'),
    or: enumOfArgument(schema, 'or'),
  };
  const known = { requires: vocabulary.groups, or: vocabulary.policies };

  function parseClause(given: Readonly<Record<string, unknown>>, problems: string[]): Clause {
    const clause: { requires: string[]; or: string[] } = { requires: [], or: [] };
    for (const [argument, value] of Object.entries(given)) {
      if (argument !== 'requires' && argument !== 'or') {
        problems.push(`@auth has no argument "${argument}"`);
        continue;
      }
      const names = (Array.isArray(value) ? value : [value]).map((item) =>
        nameOfEnumItem(item, toNames[argument]),
      );
      if (names.length === 0) problems.push(`@auth(${argument}: []) denies everyone`);
      for (const name of names) {
        if (known[argument].has(name)) clause[argument].push(name);
        else problems.push(unknownName(argument, name, toNames[argument]));
      }
    }
    return clause;
  }

  function readDirectives(
    element: DirectiveBearer,
    problems: string[],
  ): readonly AppliedDirective[] {
    try {
      return appliedDirectives(schema, element);
    } catch (error) {
      const unknown = directiveNodes(element).flatMap((node) => unknownNames(node, toNames));
      problems.push(...(unknown.length > 0 ? unknown : [String(error)]));
      return [];
    }
  }

  function parse(given: DirectiveBearer): Guard {
    const isList = Array.isArray(given.extensions?.directives);
    const problems = isList ? [listed] : [];
    const element = isList ? { ...given, extensions: {} } : given;
    const clauses: Clause[] = [];
    let isPublic = false;
    for (const { name, args } of readDirectives(element, problems)) {
      if (name === 'auth') clauses.push(parseClause(toArguments(args), problems));
      else if (name === 'public') isPublic = true;
      else if (!schema.getDirective(name)) {
        problems.push(`@${name} is not a directive in this schema`);
      }
    }
    problems.push(...switchedOff(element));
    const isGuarded =
      clauses.length > 0 || directiveNodes(element).some(({ name }) => name.value === 'auth');
    return { clauses, isGuarded, isPublic, problems };
  }

  const parsed = new Map<string, Guard>();
  return (element) => {
    if (!bearsDirectives(element)) return bare;
    const text = directiveText(element);
    const guard = (text === undefined ? undefined : parsed.get(text)) ?? parse(element);
    // A mistake tells the place where it stands, which is another one for each element.
    if (text !== undefined && guard.problems.length === 0) parsed.set(text, guard);
    return guard;
  };
}

/** Whether nothing at all stands on an element. */
export const isBare = (guard: Guard): boolean => guard === bare;

/** Nothing reads or prints such a list: graphql-tools would take each index for a directive's name. */
const listed =
  'extensions.directives is a list: make it an object by directive name' +
  ' (in @pothos/plugin-directives, set useGraphQLToolsUnorderedDirectives)';

const bare: Guard = { clauses: [], isGuarded: false, isPublic: false, problems: [] };

/** Most elements bear none, and reading directives costs more than all else at start. */
const bearsDirectives = (element: DirectiveBearer): boolean =>
  directiveNodes(element).length > 0 || element.extensions?.directives !== undefined;

/**
 * What the SDL says of an element: the same words mean the same, and a schema says the same few
 * thousands of times. Undefined where something stands beside the SDL. Printed, not cut out of the source: a tool
 * that changes a directive may leave its location as it was.
 */
const directiveText = (element: DirectiveBearer): string | undefined =>
  element.extensions?.directives === undefined
    ? directiveNodes(element).map(print).join(' ')
    : undefined;

/** What stands in `extensions.directives` but says that it does not hold: `public: false`, `auth: []`. */
function switchedOff({ extensions }: DirectiveBearer): string[] {
  const given = new Map(Object.entries(extensions?.directives ?? {}));
  return ['auth', 'public']
    .filter((name) => given.has(name))
    .filter((name) => {
      const value = given.get(name);
      return Array.isArray(value)
        ? value.length === 0
        : typeof value !== 'object' || value === null;
    })
    .map(
      (name) => `@${name} must be an object of arguments or a list of such objects, or be omitted`,
    );
}

const toArguments = (args: unknown): Readonly<Record<string, unknown>> => ({
  ...(typeof args === 'object' ? args : {}),
});

/** What is wrong with a name of `@auth(argument:)`. The enum itself suggests the name that was probably meant. */
function unknownName(argument: string, name: string, type: GraphQLEnumType | undefined): string {
  try {
    type?.parseValue(name);
  } catch (error) {
    if (error instanceof GraphQLError) return `@auth(${argument}:): ${error.message}`;
    throw error;
  }
  return `@auth(${argument}:) contains the unknown name "${name}"`;
}

type EnumOf = Readonly<Record<string, GraphQLEnumType | undefined>>;

/** The names in an `@auth` of SDL that their enums do not have. */
const unknownNames = (node: ConstDirectiveNode, enumOf: EnumOf): readonly string[] =>
  (node.name.value === 'auth' ? (node.arguments ?? []) : []).flatMap(({ name, value }) => {
    const type = enumOf[name.value];
    return (value.kind === Kind.LIST ? value.values : [value]).flatMap((each) =>
      each.kind === Kind.ENUM && type !== undefined && type.getValue(each.value) === undefined
        ? [unknownName(name.value, each.value, type)]
        : [],
    );
  });

/** A code-first schema may name a group by its internal value; everyone else uses its name. */
export function nameOfEnumItem(item: unknown, type: GraphQLEnumType | undefined): string {
  const value = type?.getValues().find((each) => each.name === item || each.value === item);
  return value === undefined ? String(item) : value.name;
}

function enumOfArgument(schema: GraphQLSchema, argument: string): GraphQLEnumType | undefined {
  const definition = schema.getDirective('auth')?.args.find(({ name }) => name === argument);
  const type = definition === undefined ? undefined : getNamedType(definition.type);
  return isEnumType(type) ? type : undefined;
}

const namesOf = (type: GraphQLEnumType | undefined): ReadonlySet<string> =>
  new Set(type?.getValues().map(({ name }) => name) ?? []);

/** The values of the enum of policies. */
export const policyElements = (schema: GraphQLSchema): readonly GraphQLEnumValue[] =>
  enumOfArgument(schema, 'or')?.getValues() ?? [];

function ambiguousValues(type: GraphQLEnumType | undefined): string[] {
  if (type === undefined) return [];
  const values = type.getValues();
  return values
    .filter(({ name, value }) => values.some((other) => other.name === value && name !== value))
    .map(({ name }) => memberCoordinate(type.name, name));
}
