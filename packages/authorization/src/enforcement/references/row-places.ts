import { holdsIn, placesIn } from '../../decision/places.ts';
import type { RowPolicy } from '../../decision/policies.ts';
import type { Viewer } from '../../decision/viewer.ts';
import type { Belonging, PlacePolicy } from '../../requirements/places.ts';
import type { Requirements } from '../../requirements/requirements.ts';
import type { PlacePolicies } from '../calls/policy-calls.ts';
import { type FilterOptions, prismaFilters } from '../rows/ask-rows.ts';
import { placeText } from './id-key.ts';
import type { RowPlace, RowTypeOptions } from './row-types.ts';

/** The options that say to which places rows belong. */
export type PlaceOptions<TContext> = RowTypeOptions<TContext> & FilterOptions;

/** Creates what reads the places of rows. */
export function createRowPlaces<TContext>({
  types = {},
  combineFilters = prismaFilters,
}: PlaceOptions<TContext>) {
  /** @throws {TypeError} where no filter can be made: a filter that is missing would mean all rows. */
  function byProperty(property: string): RowPlace {
    const filter = combineFilters.in;
    if (filter === undefined) {
      throw new TypeError('`combineFilters` has no `in`, which rows with @within(by:) need.');
    }
    return {
      reads: [property],
      of: (row) => row[property],
      where: (ids) => filter(property, ids),
    };
  }

  return (typeName: string, { place, by }: Belonging): RowPlace => {
    const own = Object.hasOwn(types, typeName) ? types[typeName]?.within : undefined;
    const special = own !== undefined && Object.hasOwn(own, place) ? own[place] : undefined;
    if (special !== undefined) return special;
    if (by !== undefined) return byProperty(by);
    throw new TypeError(`\`types\` has no { ${typeName}: { within: { ${place} } } }.`);
  };
}

/** Creates the policies that ask whether a row is in a place where the viewer holds a group. */
export function createPlacePolicies<TContext>(
  { placePolicies }: Pick<Requirements, 'placePolicies'>,
  options: PlaceOptions<TContext>,
): PlacePolicies<TContext> {
  const placeOf = createRowPlaces(options);
  const toPolicy = ({ typeName, belonging, groups }: PlacePolicy): RowPolicy<Viewer, TContext> => {
    const { reads, of, where } = placeOf(typeName, belonging);
    const type = belonging.place;
    const { toId = (text: string): unknown => text } = options.types?.[type] ?? {};
    return {
      reads,
      admits: (viewer, row) => holdsIn({ type, groups }, viewer, placeText(of(row))),
      where: (viewer) => where([...placesIn({ groups }, viewer)].map(toId)),
    };
  };
  return new Map([...placePolicies].map(([name, policy]) => [name, toPolicy(policy)]));
}
