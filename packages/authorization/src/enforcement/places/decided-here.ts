import type { GraphQLArgument } from 'graphql';
import { typeNameOf } from '../../requirements/coordinate.ts';
import { inputsOf, placeTypesOf } from '../../requirements/place-sources.ts';
import { isPlaced, narrows, type PlacedClause } from '../../requirements/requirement.ts';
import type { Requirements } from '../../requirements/requirements.ts';

/** A field whose calls are decided. */
export interface DecidedField {
  readonly coordinate: string;
  readonly args: readonly GraphQLArgument[];
  readonly isRoot: boolean;
  /** Whether it answers an event of a subscription, whose ids were read when it was opened. */
  readonly isEvent?: boolean;
}

/**
 * Whether a field has clauses which cannot be decided by places before it runs: those of its inputs that its parent decides
 * too, those with policies that get its parent, and all for an event of a subscription.
 */
export function placesDecidedHere(
  requirements: Requirements,
  { coordinate, args, isRoot, isEvent = false }: DecidedField,
): boolean {
  if (!requirements.places.exist) return false;
  const parentName = typeNameOf(coordinate);
  const placedAt = (at: string): readonly PlacedClause[] =>
    requirements
      .at(at)
      .filter(isPlaced)
      .filter((clause) => !narrows(clause));
  const ofInputs = inputsOf({ args, coordinate }).flatMap(placedAt);
  const ofField = placedAt(coordinate);
  if (isEvent) return ofField.length + ofInputs.length > 0;
  if (isRoot) return false;
  return (
    ofField.some(({ or }) => or.length > 0) ||
    ofInputs.some((clause) => requirements.placeSources.areIn(parentName, placeTypesOf(clause)))
  );
}
