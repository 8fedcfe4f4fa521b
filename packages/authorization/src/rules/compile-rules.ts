import type { GraphQLNamedType, GraphQLSchema } from 'graphql';
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import type { Rules } from '../decision/rules.ts';
import { argumentCoordinate, memberCoordinate } from '../requirements/coordinate.ts';
import { assumePolicyCapabilities } from '../requirements/policy-capabilities.ts';
import type { Requirement } from '../requirements/requirement.ts';
import { compileRequirements, type Requirements } from '../requirements/requirements.ts';
import { schemaElements } from '../requirements/schema-elements.ts';
import { parseVocabulary } from '../requirements/vocabulary.ts';

/** The compiled guards of a schema whose policies have no predicates, as on a machine that builds a front end. */
export interface GuardedSchema {
  readonly schema: GraphQLSchema;
  readonly requirements: Requirements;
}

/**
 * Compiles the guards of a schema without predicates for its policies.
 *
 * @throws {SchemaAuthorizationError} when the schema breaks a rule.
 */
export const compileGuards = (schema: GraphQLSchema): GuardedSchema => ({
  schema,
  requirements: compileRequirements(
    schema,
    assumePolicyCapabilities(parseVocabulary(schema).policies),
  ),
});

/** Returns the coordinates of a schema: types, fields, arguments, input fields and enum values, in its order. */
export const coordinatesOf = (schema: GraphQLSchema): readonly string[] =>
  schemaElements(schema).map(({ coordinate }) => coordinate);

/** Compiles the rules of a schema for front ends. */
export function compileRules({ schema, requirements }: GuardedSchema): Rules {
  const distinct: Requirement[] = [];

  /** Equal requirements are one object. */
  function numberAt(coordinate: string): string {
    const requirement = requirements.at(coordinate);
    if (requirement.length === 0) return '';
    const known = distinct.indexOf(requirement);
    return `:${known === -1 ? distinct.push(requirement) - 1 : known}`;
  }

  function membersOf(type: GraphQLNamedType): readonly string[] {
    const at = (name: string) => memberCoordinate(type.name, name);
    if (isEnumType(type)) return type.getValues().map(({ name }) => `${name}${numberAt(at(name))}`);
    if (isInputObjectType(type)) {
      return Object.values(type.getFields()).map((field) => {
        const inside = getNamedType(field.type).name;
        const inputType = requirements.isGuardedInput(inside) ? `>${inside}` : '';
        return `${field.name}${numberAt(at(field.name))}${inputType}`;
      });
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    return Object.values(type.getFields()).map(({ name, args }) => {
      const numbered = args.map(
        (arg) => `${arg.name}${numberAt(argumentCoordinate(at(name), arg.name))}`,
      );
      const list = numbered.length === 0 ? '' : `(${numbered.join(',')})`;
      return `${name}${numberAt(at(name))}${list}`;
    });
  }

  const types = Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type))
    .map((type) => [type.name, [numberAt(type.name), ...membersOf(type)].join(' ')]);
  return { requirements: distinct, types: Object.fromEntries(types) };
}
