import type { GraphQLNamedType, GraphQLSchema } from 'graphql';
import { isInterfaceType, isLeafType, isObjectType } from 'graphql';
import { memberCoordinate } from '../../requirements/coordinate.ts';
import type { Requirement } from '../../requirements/requirement.ts';
import type { Requirements } from '../../requirements/requirements.ts';
import { listedType, possibleTypes } from '../../requirements/row-fields.ts';

/** A field of a type, or of an object in it, that not every viewer may read. */
export interface GuardedField {
  /** The name, after that of the relation for a field of an object in it: `holder_taxNumber`. */
  readonly name: string;
  readonly at: string;
  /** Its clauses, with the rule for what it returns. */
  readonly requirement: Requirement;
  /** Whether it belongs to another row than the one that is listed. */
  readonly isRelated: boolean;
}

type GuardedFields = (listed: GraphQLNamedType) => readonly GuardedField[];

/** Creates the look-up of a type's guarded fields. Those of an abstract type include the fields of its possible types. */
export function createGuardedFields(
  schema: GraphQLSchema,
  { at, ruleOf }: Requirements,
): GuardedFields {
  const known = new Map<string, readonly GuardedField[]>();

  const fieldsOf = (listed: GraphQLNamedType) =>
    [...new Set([listed, ...possibleTypes(schema, listed)])]
      .filter((type) => isObjectType(type) || isInterfaceType(type))
      .flatMap((type) =>
        Object.values(type.getFields()).map(({ name, type: returned }) => ({
          name,
          at: memberCoordinate(type.name, name),
          returned: listedType(returned),
        })),
      );

  function read(listed: GraphQLNamedType): readonly GuardedField[] {
    return fieldsOf(listed)
      .flatMap(({ name, at: coordinate, returned }) => {
        const rule = ruleOf(returned.name);
        const related = fieldsOf(returned)
          .filter((field) => isLeafType(field.returned))
          .map((field) => ({
            name: `${name}_${field.name}`,
            at: field.at,
            requirement: [...at(field.at), ...rule],
            isRelated: true,
          }));
        const requirement = [...new Set([...at(coordinate), ...rule])];
        return [{ name, at: coordinate, requirement, isRelated: rule.length > 0 }, ...related];
      })
      .filter(({ requirement }) => requirement.length > 0);
  }

  return (listed) => {
    const fields = known.get(listed.name) ?? read(listed);
    known.set(listed.name, fields);
    return fields;
  };
}
