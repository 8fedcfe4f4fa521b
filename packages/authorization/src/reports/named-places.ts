import type { GraphQLSchema } from 'graphql';
import { isInputObjectType, isInterfaceType, isObjectType } from 'graphql';
import { memberCoordinate } from '../requirements/coordinate.ts';
import { placeTypesOf } from '../requirements/place-sources.ts';
import { isPlaced, narrows } from '../requirements/requirement.ts';
import type { Requirements } from '../requirements/requirements.ts';

/**
 * Names what says in which places the groups of a coordinate are required: the ids in its arguments, such as `id` and
 * `input.into`, and `its Invoice` for the parent of a field. Empty: its groups are global, or a rule of rows has them.
 */
export function namedPlaces(
  schema: GraphQLSchema,
  { at, placeSources }: Requirements,
  coordinate: string,
): readonly string[] {
  const clauses = at(coordinate)
    .filter(isPlaced)
    .filter((clause) => !narrows(clause));
  const [typeName = '', member = ''] = coordinate.split('.');
  const type = schema.getType(typeName);
  const names = clauses.flatMap((clause) => {
    const placeTypes = placeTypesOf(clause);
    if (isInputObjectType(type)) return [member];
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    const [fieldName = '', argument] = member.replace(':)', '').split('(');
    const args = type.getFields()[fieldName]?.args ?? [];
    const field = { parentName: typeName, coordinate: memberCoordinate(typeName, fieldName), args };
    const ids = placeSources.idsOf(field, placeTypes).map((id) => id.argument);
    if (argument !== undefined && ids.includes(argument)) return [argument];
    const ofParent = placeSources.areIn(typeName, placeTypes) ? [`its ${typeName}`] : [];
    return [...ofParent, ...ids];
  });
  return [...new Set(names)];
}
