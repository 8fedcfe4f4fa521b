import type { ConstDirectiveNode, GraphQLEnumType, GraphQLEnumValue, GraphQLSchema } from 'graphql';
import { GraphQLError, getNamedType, isEnumType, Kind, print } from 'graphql';
import {
  type AppliedDirective,
  appliedDirectives,
  type DirectiveTarget,
  directiveNodes,
} from './applied-directives.ts';
import { memberCoordinate } from './coordinate.ts';
import type { Clause } from './requirement.ts';

/** The directives of one schema element, and the errors in them. */
export interface Guard {
  readonly clauses: readonly Clause[];
  /** Whether the element has an `@auth`, valid or not. */
  readonly isGuarded: boolean;
  readonly isPublic: boolean;
  /** The groups in `@implies`. Undefined without it. */
  readonly implied: readonly string[] | undefined;
  readonly problems: readonly string[];
}

/** Reads `@auth`, `@public` and `@implies` of an element from its SDL or from `extensions.directives`. */
export type GuardParser = (element: DirectiveTarget) => Guard;

/** The groups and policies that the schema's enums declare. */
export interface Vocabulary {
  /** The name of the enum of groups. */
  readonly groupEnum: string;
  readonly groups: ReadonlySet<string>;
  readonly policies: ReadonlySet<string>;
  /** Coordinates of values whose internal value equals the name of another value. */
  readonly ambiguous: readonly string[];
}

/**
 * Finds the enums of the schema's groups and policies: the types of the arguments `requires` and `or` of `@auth`.
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
    groupEnum: groups.name,
    groups: namesOf(groups),
    policies: namesOf(policies),
    ambiguous: [groups, policies].flatMap(ambiguousValues),
  };
}

/** Creates the parser of one schema's guards. It never throws: errors are listed in `problems`. */
export function createGuardParser(schema: GraphQLSchema, vocabulary: Vocabulary): GuardParser {
  const groupEnum = enumOfArgument(schema, 'requires');
  const enumOf = {
    auth: { requires: groupEnum, or: enumOfArgument(schema, 'or') },
    implies: { groups: groupEnum },
  };
  const known = { requires: vocabulary.groups, or: vocabulary.policies };

  function parseClause(given: Readonly<Record<string, unknown>>, problems: string[]): Clause {
    const clause: { requires: string[]; or: string[] } = { requires: [], or: [] };
    for (const [argument, value] of Object.entries(given)) {
      if (argument !== 'requires' && argument !== 'or') {
        problems.push(`@auth has no argument "${argument}"`);
        continue;
      }
      const type = enumOf.auth[argument];
      const names = namesIn(value, type);
      if (names.length === 0) problems.push(`@auth(${argument}: []) denies everyone`);
      for (const name of names) {
        if (known[argument].has(name)) clause[argument].push(name);
        else problems.push(unknownName(`@auth(${argument}:)`, name, type));
      }
    }
    return clause;
  }

  function parseImplied(
    { groups = [], ...others }: Readonly<Record<string, unknown>>,
    problems: string[],
  ): readonly string[] {
    problems.push(...Object.keys(others).map((name) => `@implies has no argument "${name}"`));
    const names = namesIn(groups, groupEnum);
    if (names.length === 0) problems.push('@implies must name a group');
    const unknown = names.filter((name) => !vocabulary.groups.has(name));
    problems.push(...unknown.map((name) => unknownName('@implies(groups:)', name, groupEnum)));
    return names.filter((name) => vocabulary.groups.has(name));
  }

  function readDirectives(
    element: DirectiveTarget,
    problems: string[],
  ): readonly AppliedDirective[] {
    try {
      return appliedDirectives(schema, element);
    } catch (error) {
      const unknown = directiveNodes(element).flatMap((node) => unknownNames(node, enumOf));
      problems.push(...(unknown.length > 0 ? unknown : [String(error)]));
      return [];
    }
  }

  function parse(given: DirectiveTarget): Guard {
    const isList = Array.isArray(given.extensions?.directives);
    const problems = isList ? [listed] : [];
    const element = isList ? { ...given, extensions: {} } : given;
    const clauses: Clause[] = [];
    let isPublic = false;
    let implied: readonly string[] | undefined;
    for (const { name, args } of readDirectives(element, problems)) {
      if (name === 'auth') clauses.push(parseClause(toArguments(args), problems));
      else if (name === 'public') isPublic = true;
      else if (name === 'implies') {
        implied = [...(implied ?? []), ...parseImplied(toArguments(args), problems)];
      } else if (!schema.getDirective(name)) {
        problems.push(`@${name} is not a directive in this schema`);
      }
    }
    problems.push(...switchedOff(element));
    const isGuarded =
      clauses.length > 0 || directiveNodes(element).some(({ name }) => name.value === 'auth');
    return { clauses, isGuarded, isPublic, implied, problems };
  }

  const parsed = new Map<string, Guard>();
  return (element) => {
    if (!hasDirectives(element)) return bare;
    const text = directiveText(element);
    const guard = (text === undefined ? undefined : parsed.get(text)) ?? parse(element);
    // Problems are not cached: they name the element.
    if (text !== undefined && guard.problems.length === 0) parsed.set(text, guard);
    return guard;
  };
}

/** Whether the element has no directives. */
export const isBare = (guard: Guard): boolean => guard === bare;

/** Such a list is not supported: graphql-tools would use each index as a directive's name. */
const listed =
  'extensions.directives is a list: make it an object by directive name' +
  ' (in @pothos/plugin-directives, set useGraphQLToolsUnorderedDirectives)';

const bare: Guard = {
  clauses: [],
  isGuarded: false,
  isPublic: false,
  implied: undefined,
  problems: [],
};

/** Whether an element has directives. Most have none, and reading directives takes most of the time at start. */
const hasDirectives = (element: DirectiveTarget): boolean =>
  directiveNodes(element).length > 0 || element.extensions?.directives !== undefined;

/**
 * Prints the directives of an element as a cache key: a schema repeats the same few directives thousands of times.
 * Undefined when the element has directives outside SDL. The nodes are printed instead of cut out of the source,
 * because tools that change a directive can leave its old location.
 */
const directiveText = (element: DirectiveTarget): string | undefined =>
  element.extensions?.directives === undefined
    ? directiveNodes(element).map(print).join(' ')
    : undefined;

/** Reports directives in `extensions.directives` without effect: `public: false`, `auth: []`. */
function switchedOff({ extensions }: DirectiveTarget): string[] {
  const given = new Map(Object.entries(extensions?.directives ?? {}));
  return ['auth', 'public', 'implies']
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

/** Describes an unknown name in an argument. graphql-js suggests similar names of the enum. */
function unknownName(place: string, name: string, type: GraphQLEnumType | undefined): string {
  try {
    type?.parseValue(name);
  } catch (error) {
    if (error instanceof GraphQLError) return `${place}: ${error.message}`;
    throw error;
  }
  return `${place} contains the unknown name "${name}"`;
}

/** The enums of arguments, by directive and argument. */
type EnumOf = Readonly<Record<string, Readonly<Record<string, GraphQLEnumType | undefined>>>>;

/** Describes the names in a guard of SDL that are not in their enums. */
const unknownNames = (node: ConstDirectiveNode, enumOf: EnumOf): readonly string[] =>
  (node.arguments ?? []).flatMap(({ name, value }) => {
    const type = enumOf[node.name.value]?.[name.value];
    const place = `@${node.name.value}(${name.value}:)`;
    return (value.kind === Kind.LIST ? value.values : [value]).flatMap((each) =>
      each.kind === Kind.ENUM && type !== undefined && type.getValue(each.value) === undefined
        ? [unknownName(place, each.value, type)]
        : [],
    );
  });

const namesIn = (value: unknown, type: GraphQLEnumType | undefined): readonly string[] =>
  (Array.isArray(value) ? value : [value]).map((item) => nameOfEnumItem(item, type));

/** Returns the name of a group or policy, which a code-first schema may give by its internal value. */
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

/** Returns the values of the enum of groups. */
export const groupElements = (schema: GraphQLSchema): readonly GraphQLEnumValue[] =>
  enumOfArgument(schema, 'requires')?.getValues() ?? [];

/** Returns the values of the enum of policies. */
export const policyElements = (schema: GraphQLSchema): readonly GraphQLEnumValue[] =>
  enumOfArgument(schema, 'or')?.getValues() ?? [];

function ambiguousValues(type: GraphQLEnumType | undefined): string[] {
  if (type === undefined) return [];
  const values = type.getValues();
  return values
    .filter(({ name, value }) => values.some((other) => other.name === value && name !== value))
    .map(({ name }) => memberCoordinate(type.name, name));
}
