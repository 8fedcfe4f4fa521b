import type { GraphQLFieldResolver } from 'graphql';
import { admitsByGroups } from './decision.ts';
import type { Requirement } from './requirement.ts';
import type { Viewer } from './viewer.ts';

/** A resolver, whatever its field's arguments are. */
export type Resolver<TContext> = GraphQLFieldResolver<unknown, TContext, Record<string, unknown>>;

/** The two ways behind a gate: straight on, or to the fence, which asks policies and refuses. */
export interface Ways<TContext> {
  readonly admitted: Resolver<TContext>;
  readonly otherwise: Resolver<TContext>;
}

/** Puts the question of one requirement before a resolver. */
export type Gate<TContext> = (ways: Ways<TContext>) => Resolver<TContext>;

/** One admission of so many is remembered, a power of two: small answers are quicker without. */
const admissionsUntilRemembered = 16;

const settled = Promise.resolve();

/**
 * Makes the gate of one requirement: it lets on whom groups alone admit, and sends everyone else to the
 * fence. It never refuses, and remembers no refusal.
 *
 * A list asks the same question for every item. What is remembered is one admission of one viewer, until
 * the code that runs now has returned: no other request, and nothing after an `await`, ever finds it.
 */
export function createGate<TViewer extends Viewer, TContext>(
  requirement: Requirement,
  viewerOf: (context: TContext) => TViewer,
): Gate<TContext> {
  let remembered: TViewer | undefined;
  let admissions = 0;

  const forget = (): void => {
    remembered = undefined;
  };

  function admits(viewer: TViewer): boolean {
    if (!admitsByGroups(requirement, viewer)) return false;
    admissions = (admissions + 1) % admissionsUntilRemembered;
    if (admissions === 0) {
      if (remembered === undefined) void settled.then(forget);
      remembered = viewer;
    }
    return true;
  }

  return ({ admitted, otherwise }) =>
    (source, args, context, info) => {
      const viewer = viewerOf(context);
      return viewer === remembered || admits(viewer)
        ? admitted(source, args, context, info)
        : otherwise(source, args, context, info);
    };
}
