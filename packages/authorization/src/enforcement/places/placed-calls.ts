import type { GraphQLArgument } from 'graphql';
import { meets } from '../../decision/meets.ts';
import { admits } from '../../decision/policies.ts';
import type { ReferencedId } from '../../plan/referenced-ids.ts';
import { typeNameOf } from '../../requirements/coordinate.ts';
import { placeTypesOf } from '../../requirements/place-sources.ts';
import { isPlaced, narrows, type PlacedClause } from '../../requirements/requirement.ts';
import type { DenialPlace } from '../calls/authorization-error.ts';
import type { Decider } from '../calls/decider.ts';
import type { Execution } from '../calls/execution.ts';
import type { FieldCall } from '../calls/field-call.ts';
import type { PlacedCall } from './check-places.ts';

/** One call of a field, and what was sent to it. */
export interface NamingCall<TContext, Id> {
  readonly args: readonly GraphQLArgument[];
  readonly coordinate: string;
  /** The coordinate by which the ids name its arguments. */
  readonly written: string;
  readonly isRoot: boolean;
  /** The guarded arguments, input fields and enum values that were supplied. */
  readonly supplied: readonly string[];
  readonly ids: readonly Id[];
  readonly place: DenialPlace;
  /** What the policies in `or` of the field get. Undefined: its parent is not known yet. */
  readonly call: FieldCall<TContext> | undefined;
  readonly context: TContext;
  readonly execution: () => Pick<Execution, 'answers'>;
}

/**
 * Lists the clauses of one call which the rows decide that its ids name. Without the parent of a field below the root, clauses
 * with policies in `or` are left out: they are decided where the field runs.
 */
export function placedCallsOf<TContext, Id extends ReferencedId>(
  { requirements, viewerOf, policies }: Decider<TContext>,
  naming: NamingCall<TContext, Id>,
): readonly PlacedCall<Id>[] {
  const { places, placeSources } = requirements;
  if (!places.exist) return [];
  const { coordinate, args, isRoot, supplied, ids, place, context } = naming;
  const viewer = viewerOf(context);
  // An anonymous viewer meets no clause at all.
  if (!viewer.isAuthenticated) return [];
  const parentName = typeNameOf(coordinate);
  // A host's root value is not passed to policies as the source.
  const source = isRoot ? undefined : naming.call?.source;
  const call = naming.call && { source, args: naming.call.args, context };

  function admitsBy(clause: PlacedClause) {
    if (call === undefined) return false;
    const question = { coordinate, ...call };
    return admits(clause.or, (policy) =>
      naming
        .execution()
        .answers({ policy, viewer, ...question }, () => policies.admits(policy, viewer, question)),
    );
  }

  const toCall = (at: string, clause: PlacedClause): PlacedCall<Id> => {
    const placeTypes = placeTypesOf(clause);
    const sources = placeSources.idsOf({ parentName, coordinate, args }, placeTypes);
    const isId = sources.some((each) => each.coordinate === at);
    const isInput = at !== coordinate && !isId;
    const isOfParent = placeSources.areIn(parentName, placeTypes);
    return {
      clause,
      coordinate: at,
      ...(isInput &&
        isOfParent &&
        naming.call && { parent: [{ row: naming.call.source, typeName: parentName }] }),
      ids: isId ? ids.filter((id) => declaredAt(id, naming) === at) : ids,
      needsRow: isId || !isOfParent,
      place,
      admits: () => admitsBy(clause),
    };
  };

  return [coordinate, ...supplied].flatMap((at) =>
    requirements
      .at(at)
      .filter(isPlaced)
      .filter((clause) => !narrows(clause) && !meets(clause, viewer.groups))
      .filter((clause) => clause.or.length === 0 || call !== undefined)
      .map((clause) => toCall(at, clause)),
  );
}

/** Returns the coordinate of an id on the type that has the field. */
const declaredAt = (
  id: ReferencedId,
  { coordinate, written }: Pick<NamingCall<unknown, unknown>, 'coordinate' | 'written'>,
): string =>
  id.coordinate.startsWith(`${written}(`)
    ? `${coordinate}${id.coordinate.slice(written.length)}`
    : id.coordinate;
