import type { GraphQLFieldResolver } from 'graphql';
import { defaultFieldResolver } from 'graphql';
import { compileAdmission } from '../decision/decision.ts';
import type { Viewer } from '../decision/viewer.ts';
import type { Requirement } from '../requirements/requirement.ts';

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

/** Equal to nothing that a context can hold, and so to no missing viewer either. */
const nobody = Symbol('nobody');

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
  const admitsByGroups = compileAdmission(requirement);
  let remembered: TViewer | typeof nobody = nobody;
  let admissions = 0;

  const forget = (): void => {
    remembered = nobody;
  };

  function admits(viewer: TViewer): boolean {
    if (!admitsByGroups(viewer)) return false;
    admissions = (admissions + 1) % admissionsUntilRemembered;
    if (admissions === 0) {
      if (remembered === nobody) void settled.then(forget);
      remembered = viewer;
    }
    return true;
  }

  return ({ admitted, otherwise }) => {
    const readsProperty = admitted === defaultFieldResolver;
    return (source, args, context, info) => {
      const viewer = viewerOf(context);
      if (viewer !== remembered && !admits(viewer)) return otherwise(source, args, context, info);
      // Most fields are plain properties. Read here, they cost no second call.
      if (readsProperty && isRecord(source)) {
        const value = source[info.fieldName];
        if (typeof value !== 'function') return value;
      }
      return admitted(source, args, context, info);
    };
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
