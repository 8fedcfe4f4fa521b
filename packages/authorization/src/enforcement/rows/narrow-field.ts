import type { Decider } from '../calls/decider.ts';
import type { DescribedField } from './describe-field.ts';
import type { NarrowedCall } from './narrowed-call.ts';

type Above<TContext> = NarrowedCall<TContext> | undefined;

/** Finds what can be hidden from the viewer of one call of a field. `above` is the narrowed connection that it belongs to. */
export interface NarrowField<TContext> {
  /** Returns the call of a field whose rows can be hidden from the viewer. Undefined: none can. */
  narrow(field: DescribedField, context: TContext, above: Above<TContext>): Above<TContext>;
  /**
   * Returns the call for the rules that `narrow` leaves out: that of a connection itself, and those of types that are no
   * rows of the connection above.
   */
  narrowBeside(field: DescribedField, context: TContext, above: Above<TContext>): Above<TContext>;
}

const noNames: ReadonlySet<string> = new Set();

export function createNarrowField<TContext>({
  requirements,
  narrowing,
  viewerOf,
}: Decider<TContext>): NarrowField<TContext> {
  return {
    narrow({ coordinate, rowTypes, rules, isConnection }, context, above) {
      const clauses = narrowing(requirements.rowsAt(coordinate), context);
      const viewer = viewerOf(context);
      const ofTypes = rules.of(viewer);
      // A connection above has the rules of its rows. Another connection is read on its own.
      const isRuled = ofTypes !== undefined && (isConnection || above === undefined);
      if (clauses.length === 0 && !isRuled) return undefined;
      const answers: NarrowedCall<TContext>['answers'] = isConnection ? new Map() : undefined;
      const call = { context };
      const filters = new Map<string | undefined, unknown>();
      return {
        coordinate,
        clauses,
        rules: ofTypes,
        viewer,
        call,
        above,
        rowTypes,
        answers,
        filters,
      };
    },
    narrowBeside(
      { coordinate, values, rowTypes, rules, isConnection, ofConnection },
      context,
      above,
    ) {
      const asked = isConnection ? noNames : above?.rowTypes;
      if (asked === undefined) return undefined;
      const viewer = viewerOf(context);
      const all = isConnection ? ofConnection.of(viewer) : rules.of(viewer);
      if (all === undefined) return undefined;
      return {
        coordinate,
        clauses: [],
        rules: (name) => (asked.has(name) ? [] : all(name)),
        viewer,
        call: { context },
        above: undefined,
        rowTypes: isConnection ? values : rowTypes,
        answers: undefined,
        filters: new Map(),
      };
    },
  };
}
