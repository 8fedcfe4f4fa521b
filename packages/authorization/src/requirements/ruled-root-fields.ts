import type { GraphQLSchema } from 'graphql';
import { getNamedType, isNonNullType } from 'graphql';
import { argumentCoordinate, memberCoordinate } from './coordinate.ts';
import { fileOf, type Offence } from './offence.ts';
import type { References } from './references.ts';
import type { Requirement } from './requirement.ts';
import { possibleTypes, rowShapeOf, ruledTypesOf } from './row-fields.ts';

/** The rules of types, and the ids that name their rows. */
interface Rules {
  readonly references: References;
  ruleOf(typeName: string): Requirement;
}

/**
 * Finds the fields of `Query` that take arguments and must return one row of a type with a rule: the answer to a hidden
 * row would differ from that to a missing one. An argument with `@references` to the type refuses both before.
 */
export function findRevealingFields(
  schema: GraphQLSchema,
  { references, ruleOf }: Rules,
): readonly Offence[] {
  const query = schema.getQueryType();
  if (!query) return [];
  return Object.values(query.getFields()).flatMap((field) => {
    const { name, type, args, astNode } = field;
    if (!isNonNullType(type) || args.length === 0 || rowShapeOf(type) !== undefined) return [];
    const ruled = ruledTypesOf(schema, type, ruleOf);
    if (ruled.length === 0) return [];
    const coordinate = memberCoordinate(query.name, name);
    const returned = [getNamedType(type), ...possibleTypes(schema, getNamedType(type))];
    const isNamed = args.some((arg) => {
      const typeName = references.at(argumentCoordinate(coordinate, arg.name), arg.type)?.typeName;
      return returned.some((each) => each.name === typeName);
    });
    const problem = problemOf(ruled);
    return isNamed
      ? []
      : [{ coordinate, name: 'hidden-row-not-null', problem, ...fileOf({ astNode }) }];
  });
}

const problemOf = (ruled: readonly string[]): string =>
  `it must not be null, and the rule of ${ruled.join(', ')} can hide it: ` +
  'make it nullable, or add @references to the argument that names it';
