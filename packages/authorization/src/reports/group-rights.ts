import type { GraphQLSchema } from 'graphql';
import { reachableTypeNames } from '../requirements/reachable-types.ts';
import { sufficientGroups } from '../requirements/requirement.ts';
import type { Requirements } from '../requirements/requirements.ts';
import { schemaElements } from '../requirements/schema-elements.ts';

/** A guarded coordinate, and the groups that meet one of its clauses, those that imply others included. */
export interface GroupRight {
  readonly coordinate: string;
  readonly groups: readonly string[];
}

/**
 * Lists what groups admit to: fields, arguments, input fields and enum values, in schema order. The guard of a type counts
 * at its fields. Pure.
 */
export function listGroupRights(
  schema: GraphQLSchema,
  requirements: Requirements,
): readonly GroupRight[] {
  const reachable = reachableTypeNames(schema);
  return schemaElements(schema)
    .filter(({ typeName, place }) => reachable.has(typeName) && place !== 'type')
    .map(({ coordinate }) => ({
      coordinate,
      groups: [...new Set(requirements.at(coordinate).flatMap(sufficientGroups))],
    }))
    .filter(({ groups }) => groups.length > 0);
}
