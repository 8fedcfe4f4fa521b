import { type DirectableObject, getDirectives } from '@graphql-tools/utils';
import type { GraphQLEnumType, GraphQLSchema } from 'graphql';
import { getNamedType, isEnumType } from 'graphql';
import type { Clause } from './requirement.ts';

/** What stands on one element of a schema, and what is wrong with it. */
export interface Guard {
  readonly clauses: readonly Clause[];
  readonly isPublic: boolean;
  readonly problems: readonly string[];
}

/** Reads `@auth` and `@public` from an element: from its SDL, or from `extensions.directives`. */
export type GuardParser = (element: DirectableObject) => Guard;

/** The names that the schema's own enums give to groups and policies. */
export interface Vocabulary {
  readonly groups: ReadonlySet<string>;
  readonly policies: ReadonlySet<string>;
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
      'The schema defines no directive @auth(requires: [Group!]) with an enum of groups.',
    );
  }
  return { groups: namesOf(groups), policies: namesOf(enumOfArgument(schema, 'or')) };
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
        toName(item, toNames[argument]),
      );
      if (names.length === 0) problems.push(`@auth(${argument}: []) admits no one`);
      for (const name of names) {
        if (known[argument].has(name)) clause[argument].push(name);
        else problems.push(`@auth(${argument}:) names the unknown "${name}"`);
      }
    }
    return clause;
  }

  return (element) => {
    const problems: string[] = [];
    const clauses: Clause[] = [];
    let isPublic = false;
    for (const { name, args } of appliedDirectives(schema, element, problems)) {
      if (name === 'auth') clauses.push(parseClause(args ?? {}, problems));
      else if (name === 'public') isPublic = true;
      else if (!isDefined(schema, name))
        problems.push(`@${name} is not a directive of this schema`);
    }
    return { clauses, isPublic, problems };
  };
}

function appliedDirectives(schema: GraphQLSchema, element: DirectableObject, problems: string[]) {
  try {
    return getDirectives(schema, element);
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
    return [];
  }
}

/** A code-first schema may name a group by its internal value; everyone else uses its name. */
function toName(item: unknown, type: GraphQLEnumType | undefined): string {
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

const isDefined = (schema: GraphQLSchema, name: string): boolean =>
  schema.getDirective(name) !== undefined && schema.getDirective(name) !== null;
