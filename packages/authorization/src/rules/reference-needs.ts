import { getNamedType, Kind } from 'graphql';
import type { SelectedField } from '../plan/operation-walk.ts';
import { argumentCoordinate } from '../requirements/coordinate.ts';
import type { References } from '../requirements/references.ts';

/**
 * Returns the variables with which a field gets ids that name rows. Undefined among them: it gets some without any.
 * Which rows exist for a viewer is known to the server alone.
 */
export function variablesOfIds(
  references: References,
  { coordinate, definition: { args }, nodes: [node] }: SelectedField,
): readonly (string | undefined)[] {
  return args.flatMap(({ name, type, defaultValue }) => {
    const isId = references.at(argumentCoordinate(coordinate, name), type) !== undefined;
    if (!isId && !references.isHeldBy(getNamedType(type).name)) return [];
    const value = node.arguments?.find((each) => each.name.value === name)?.value;
    if (value?.kind === Kind.NULL) return [];
    const hasDefault = defaultValue !== undefined && defaultValue !== null;
    if (value?.kind === Kind.VARIABLE && !hasDefault) return [value.name.value];
    return value !== undefined || hasDefault ? [undefined] : [];
  });
}
