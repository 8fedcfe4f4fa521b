import type { ConstDirectiveNode, GraphQLEnumType, GraphQLSchema } from 'graphql';
import { Kind, print } from 'graphql';
import { parseLeaf } from '../graphql-js/leaf-values.ts';
import { didYouMean } from '../options/nearest-name.ts';
import {
  type AppliedDirective,
  appliedDirectives,
  type DirectiveTarget,
  directiveNodes,
} from './applied-directives.ts';
import { guardDirectives } from './directive-definitions.ts';
import type { Problem } from './offence.ts';
import type { Clause } from './requirement.ts';
import { enumOfArgument, type Vocabulary } from './vocabulary.ts';

/** The directives of one schema element, and the errors in them. */
export interface Guard {
  readonly clauses: readonly Clause[];
  /** Whether the element has an `@auth`, valid or not. */
  readonly isGuarded: boolean;
  readonly isPublic: boolean;
  /** Whether the element has a `@references`, valid or not. */
  readonly isReference: boolean;
  /** The groups in `@implies`. Undefined without it. */
  readonly implied: readonly string[] | undefined;
  /** The groups in `@grants`. Undefined without it. */
  readonly granted: readonly string[] | undefined;
  /** What each `@within` says. */
  readonly within: readonly Within[];
  readonly problems: readonly Problem[];
}

/** One `@within`, as it is written. */
export interface Within {
  readonly type: string;
  readonly by: string | undefined;
  readonly keepsOne: boolean;
}

/** Reads the directives of the library of an element from its SDL or from `extensions.directives`. */
export type GuardParser = (element: DirectiveTarget) => Guard;

/** Creates the parser of one schema's guards. It never throws: errors are listed in `problems`. */
export function createGuardParser(schema: GraphQLSchema, vocabulary: Vocabulary): GuardParser {
  const { enumOf, parseClause, parseGroups } = createArgumentParsers(schema, vocabulary);

  function readDirectives(
    element: DirectiveTarget,
    problems: Problem[],
  ): readonly AppliedDirective[] {
    try {
      return appliedDirectives(schema, element);
    } catch (error) {
      const unknown = directiveNodes(element).flatMap((node) => unknownNames(node, enumOf));
      const invalid: Problem = { name: 'invalid-argument', problem: String(error) };
      problems.push(...(unknown.length > 0 ? unknown : [invalid]));
      return [];
    }
  }

  function parse(target: DirectiveTarget): Guard {
    const isList = Array.isArray(target.extensions?.directives);
    const problems: Problem[] = isList ? [listed] : [];
    const element = isList ? { ...target, extensions: {} } : target;
    const clauses: Clause[] = [];
    let isPublic = false;
    let isReference = false;
    let implied: readonly string[] | undefined;
    let granted: readonly string[] | undefined;
    const within: Within[] = [];
    for (const { name, args } of readDirectives(element, problems)) {
      if (name === 'auth') clauses.push(parseClause(toArguments(args), problems));
      else if (name === 'public') isPublic = true;
      else if (name === 'references') isReference = true;
      else if (name === 'implies') {
        implied = [...(implied ?? []), ...parseGroups(name, toArguments(args), problems)];
      } else if (name === 'grants') {
        granted = [...(granted ?? []), ...parseGroups(name, toArguments(args), problems)];
      } else if (name === 'within') {
        within.push(parseWithin(toArguments(args), problems));
      } else if (!schema.getDirective(name)) {
        const meant = didYouMean(name, guardDirectives);
        const problem = `@${name} is not a directive in this schema${meant}`;
        problems.push({ name: 'unknown-directive', problem });
      }
    }
    problems.push(...switchedOff(element), ...misnamed(schema, element));
    const isGuarded =
      clauses.length > 0 || directiveNodes(element).some(({ name }) => name.value === 'auth');
    return { clauses, isGuarded, isPublic, isReference, implied, granted, within, problems };
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

type Arguments = Readonly<Record<string, unknown>>;

/** Creates the parsers of the arguments of `@auth` and `@implies`, with the enums of these arguments. */
function createArgumentParsers(schema: GraphQLSchema, vocabulary: Vocabulary) {
  const groupEnum = enumOfArgument(schema, 'requires');
  const ofAuth = {
    requires: groupEnum,
    or: enumOfArgument(schema, 'or'),
    rows: enumOfArgument(schema, 'rows'),
  };
  const isArgument = (name: string): name is keyof typeof ofAuth =>
    name === 'requires' || name === 'or' || (name === 'rows' && ofAuth.rows !== undefined);
  const defined = new Set(schema.getDirective('auth')?.args.map(({ name }) => name));
  const hasReadable = defined.has('readable');
  const parseProof = createProofParser(defined);

  function parseClause(args: Arguments, problems: Problem[]): Clause {
    const names: Record<keyof typeof ofAuth, string[]> = { requires: [], or: [], rows: [] };
    for (const [argument, value] of Object.entries(args)) {
      if (argument === 'readable' && hasReadable) {
        const problem = '@auth(readable:) must be true or false';
        if (typeof value !== 'boolean') problems.push({ name: 'invalid-argument', problem });
        continue;
      }
      if (isProofArgument(argument) && defined.has(argument)) continue;
      if (!isArgument(argument)) {
        problems.push({
          name: 'unknown-argument',
          problem: `@auth has no argument "${argument}"`,
        });
        continue;
      }
      const type = ofAuth[argument];
      const known = argument === 'requires' ? vocabulary.groups : vocabulary.policies;
      const found = namesIn(value, type);
      if (found.length === 0) {
        const problem = `@auth(${argument}: []) ${effectOfNone[argument]}`;
        problems.push({ name: 'empty-list', problem });
      }
      for (const name of found) {
        if (known.has(name)) names[argument].push(name);
        else problems.push(unknownName({ directive: 'auth', argument }, name, type));
      }
    }
    const { requires, or, rows } = names;
    if ('or' in args && 'rows' in args) {
      const problem = '`or` and `rows` are not allowed in one @auth: use two';
      problems.push({ name: 'or-and-rows', problem });
    }
    const readable = hasReadable && args.readable === true;
    return {
      requires,
      or,
      ...(rows.length > 0 && { rows }),
      ...(readable && { readable }),
      ...parseProof(args, problems),
    };
  }

  const enumOf = {
    auth: ofAuth,
    implies: { groups: groupEnum },
    grants: { groups: groupEnum },
    references: { rows: ofAuth.rows },
  };
  return { enumOf, parseClause, parseGroups: createGroupsParser(vocabulary, groupEnum) };
}

/** Creates the parser of the groups in `@implies` and `@grants`. */
function createGroupsParser(vocabulary: Vocabulary, groupEnum: GraphQLEnumType | undefined) {
  return (
    directive: 'implies' | 'grants',
    { groups = [], ...others }: Arguments,
    problems: Problem[],
  ): readonly string[] => {
    for (const name of Object.keys(others)) {
      const problem = `@${directive} has no argument "${name}"`;
      problems.push({ name: 'unknown-argument', problem });
    }
    const names = namesIn(groups, groupEnum);
    if (names.length === 0) {
      problems.push({ name: 'empty-list', problem: `@${directive} must name a group` });
    }
    const unknown = names.filter((name) => !vocabulary.groups.has(name));
    const place = { directive, argument: 'groups' };
    problems.push(...unknown.map((name) => unknownName(place, name, groupEnum)));
    return names.filter((name) => vocabulary.groups.has(name));
  };
}

function parseWithin(
  { type, by = null, keepsOne = null, ...others }: Arguments,
  problems: Problem[],
): Within {
  for (const name of Object.keys(others)) {
    problems.push({ name: 'unknown-argument', problem: `@within has no argument "${name}"` });
  }
  const wrong = [
    ...(typeof type === 'string' ? [] : ['@within(type:) must be the name of a type']),
    ...(by === null || isName(by) ? [] : ['@within(by:) must be the name of a property']),
    ...(keepsOne === null || typeof keepsOne === 'boolean'
      ? []
      : ['@within(keepsOne:) must be true or false']),
  ];
  problems.push(...wrong.map((problem): Problem => ({ name: 'invalid-argument', problem })));
  return { type: String(type), by: isName(by) ? by : undefined, keepsOne: keepsOne === true };
}

const isName = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** The arguments of `@auth` about the proof of identity, and the integers that each accepts. */
const proofArguments = {
  maxAge: { least: 1, most: 2 ** 31 - 1, text: 'a number of seconds, 1 or more' },
  factors: { least: 1, most: 2, text: '1 or 2' },
} as const;

const isProofArgument = (name: string): name is keyof typeof proofArguments =>
  Object.hasOwn(proofArguments, name);

/** @param defined the arguments in the schema's definition of `@auth`. Others are reported as unknown elsewhere. */
function createProofParser(defined: ReadonlySet<string>) {
  const names = Object.keys(proofArguments).filter(isProofArgument);
  const known = names.filter((name) => defined.has(name));
  return (args: Arguments, problems: Problem[]): Pick<Clause, 'maxAge' | 'factors'> =>
    Object.fromEntries(
      known
        .filter((name) => name in args)
        .flatMap((name) => {
          const { least, most, text } = proofArguments[name];
          const value = args[name];
          const isAccepted =
            Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
          if (isAccepted) return [[name, Number(value)] as const];
          const problem = `@auth(${name}:) must be ${text}`;
          problems.push({ name: 'invalid-argument', problem });
          return [];
        }),
    );
}

/** Whether the element has no directives. */
export const isBare = (guard: Guard): boolean => guard === bare;

/** Such a list is not supported: graphql-tools would use each index as a directive's name. */
const listed: Problem = {
  name: 'directives-in-list',
  problem:
    'extensions.directives is a list: make it an object by directive name' +
    ' (in @pothos/plugin-directives, set useGraphQLToolsUnorderedDirectives)',
};

const bare: Guard = {
  clauses: [],
  isGuarded: false,
  isPublic: false,
  isReference: false,
  implied: undefined,
  granted: undefined,
  within: [],
  problems: [],
};

/** Whether an element has directives. Most have none, and reading directives takes most of the time at start. */
const hasDirectives = (element: DirectiveTarget): boolean =>
  directiveNodes(element).length > 0 || isExtended(element);

/** Whether an element has directives outside SDL, also by a name that is nearly the right one. */
const isExtended = ({ extensions }: DirectiveTarget): boolean =>
  Object.keys(extensions ?? {}).some((name) => isAlike(name, 'directives'));

/**
 * Prints the directives of an element as a cache key: a schema repeats the same few directives thousands of times.
 * Undefined when the element has directives outside SDL. The nodes are printed instead of cut out of the source,
 * because tools that change a directive can leave its old location.
 */
const directiveText = (element: DirectiveTarget): string | undefined =>
  isExtended(element) ? undefined : directiveNodes(element).map(print).join(' ');

/** Whether two names differ at most in upper and lower case, and in the `s` of a plural. */
const isAlike = (name: string, other: string): boolean => stemOf(name) === stemOf(other);
const stemOf = (name: string): string => name.toLowerCase().replace(/s$/, '');

/**
 * Reports names in `extensions` that are nearly those of the library, and would have no effect: `directive`, and `Auth`
 * even where the schema defines it. SDL names only what its author has defined.
 */
function misnamed(schema: GraphQLSchema, { extensions }: DirectiveTarget): readonly Problem[] {
  // Others are reported as unknown.
  const inner = Object.keys(extensions?.directives ?? {}).filter((name) =>
    schema.getDirective(name),
  );
  return [
    ...findAlike(Object.keys(extensions ?? {}), ['directives']).map(
      ([name, meant]) => `extensions.${name} has no effect: name it extensions.${meant}`,
    ),
    ...findAlike(inner, guardDirectives).map(
      ([name, meant]) => `@${name} in extensions.directives has no effect: name it ${meant}`,
    ),
  ].map((problem) => ({ name: 'guard-without-effect', problem }));
}

const findAlike = (names: readonly string[], known: readonly string[]) =>
  names.flatMap((name) =>
    known
      .filter((each) => each !== name && isAlike(name, each))
      .map((meant) => [name, meant] as const),
  );

/** Reports directives in `extensions.directives` without effect: `public: false`, `auth: []`. */
function switchedOff({ extensions }: DirectiveTarget): readonly Problem[] {
  const directives = new Map(Object.entries(extensions?.directives ?? {}));
  return guardDirectives
    .filter((name) => directives.has(name))
    .filter((name) => {
      const items = [directives.get(name)].flat();
      return items.length === 0 || !items.every(isArguments);
    })
    .map((name) => ({
      name: 'invalid-argument',
      problem: `@${name} must be an object of arguments or a list of such objects, or be omitted`,
    }));
}

/** The effect of an empty list in each argument of `@auth`. */
const effectOfNone = {
  requires: 'denies everyone',
  or: 'denies everyone',
  rows: 'hides every row',
};

const toArguments = (args: unknown): Arguments => ({ ...(isArguments(args) ? args : {}) });

/** Whether a value has arguments by name. In `extensions.directives` anything can be in their place. */
export const isArguments = (args: unknown): args is object =>
  typeof args === 'object' && args !== null && !Array.isArray(args);

/** Describes an unknown name in an argument. graphql-js suggests similar names of the enum. */
function unknownName(
  { directive, argument }: { readonly directive: string; readonly argument: string },
  unknown: string,
  type: GraphQLEnumType | undefined,
): Problem {
  const isGroup = argument === 'requires' || argument === 'groups';
  const name = isGroup ? 'unknown-group' : 'unknown-policy';
  const place = `@${directive}(${argument}:)`;
  try {
    if (type !== undefined) parseLeaf(type, unknown);
  } catch (error) {
    return { name, problem: `${place}: ${error}` };
  }
  return { name, problem: `${place} contains the unknown name "${unknown}"` };
}

/** The enums of arguments, by directive and argument. */
type EnumOf = Readonly<Record<string, Readonly<Record<string, GraphQLEnumType | undefined>>>>;

/** Describes the names in a guard of SDL that are not in their enums. */
const unknownNames = (node: ConstDirectiveNode, enumOf: EnumOf): readonly Problem[] =>
  (node.arguments ?? []).flatMap(({ name, value }) => {
    const type = enumOf[node.name.value]?.[name.value];
    const place = { directive: node.name.value, argument: name.value };
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
