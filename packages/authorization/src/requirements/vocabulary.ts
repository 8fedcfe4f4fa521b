import type { GraphQLEnumType, GraphQLEnumValue, GraphQLSchema } from 'graphql';
import { getNamedType, isEnumType } from 'graphql';
import { memberCoordinate } from './coordinate.ts';
import { UndefinedAuthError } from './offence.ts';

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
 * Finds the enums of the schema's groups and policies: the types of the arguments `requires`, and `or` or `rows`, of
 * `@auth`.
 *
 * @throws {UndefinedAuthError} when the schema defines no `@auth(requires: [SomeEnum!])`, or two enums of policies.
 */
export function parseVocabulary(schema: GraphQLSchema): Vocabulary {
  const groups = enumOfArgument(schema, 'requires');
  if (groups === undefined) {
    throw new UndefinedAuthError(
      'The schema does not define the directive @auth(requires: [Group!]) with an enum of groups.',
    );
  }
  const policies = policyEnum(schema);
  const ofRows = enumOfArgument(schema, 'rows');
  if (ofRows !== undefined && ofRows !== policies) {
    throw new UndefinedAuthError(
      'The arguments `or` and `rows` of the directive @auth must have the same enum.',
    );
  }
  return {
    groupEnum: groups.name,
    groups: namesOf(groups),
    policies: namesOf(policies),
    ambiguous: [groups, policies].flatMap(ambiguousValues),
  };
}

/** Returns the enum of an argument of `@auth`, or undefined when there is no such argument. */
export function enumOfArgument(
  schema: GraphQLSchema,
  argument: string,
): GraphQLEnumType | undefined {
  const definition = schema.getDirective('auth')?.args.find(({ name }) => name === argument);
  const type = definition === undefined ? undefined : getNamedType(definition.type);
  return isEnumType(type) ? type : undefined;
}

const policyEnum = (schema: GraphQLSchema): GraphQLEnumType | undefined =>
  enumOfArgument(schema, 'or') ?? enumOfArgument(schema, 'rows');

const valuesOf = (type: GraphQLEnumType | undefined): readonly GraphQLEnumValue[] =>
  type?.getValues() ?? [];

const namesOf = (type: GraphQLEnumType | undefined): ReadonlySet<string> =>
  new Set(valuesOf(type).map(({ name }) => name));

/** Returns the values of the enum of groups. */
export const groupElements = (schema: GraphQLSchema): readonly GraphQLEnumValue[] =>
  valuesOf(enumOfArgument(schema, 'requires'));

/** Returns the values of the enum of policies. */
export const policyElements = (schema: GraphQLSchema): readonly GraphQLEnumValue[] =>
  valuesOf(policyEnum(schema));

function ambiguousValues(type: GraphQLEnumType | undefined): string[] {
  if (type === undefined) return [];
  const values = type.getValues();
  return values
    .filter(({ name, value }) => values.some((other) => other.name === value && name !== value))
    .map(({ name }) => memberCoordinate(type.name, name));
}
