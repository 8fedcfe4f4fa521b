import type { GraphQLResolveInfo } from 'graphql';
import type { Decider } from '../calls/decider.ts';
import type { DescribedField } from './describe-field.ts';
import type { NarrowedCall } from './narrowed-call.ts';

/** The call of a field. */
interface RunningField<TContext> {
  readonly context: TContext;
  readonly info: GraphQLResolveInfo;
  /** The narrowed connection that it belongs to. */
  readonly above: NarrowedCall<TContext> | undefined;
}

type Narrow<TContext> = (
  field: DescribedField,
  call: RunningField<TContext>,
) => NarrowedCall<TContext> | undefined;

/** Finds what can be hidden from the viewer of one call of a field. */
export interface NarrowField<TContext> {
  /** Returns the call of a field whose rows can be hidden from the viewer. Undefined: none can. */
  readonly narrow: Narrow<TContext>;
  /**
   * Returns the call for the rules that `narrow` leaves out: that of a connection itself, and those of types that are no
   * rows of the connection above.
   */
  readonly narrowBeside: Narrow<TContext>;
}

const noNames: ReadonlySet<string> = new Set();

export function createNarrowField<TContext>({
  requirements,
  narrowing,
  viewerOf,
  executions,
}: Decider<TContext>): NarrowField<TContext> {
  return {
    narrow({ coordinate, rowTypes, rules, isConnection }, { context, info, above }) {
      const clauses = narrowing(requirements.rowsAt(coordinate), context);
      const viewer = viewerOf(context);
      const ofTypes = rules.of(viewer);
      // A connection above has the rules of its rows. Another connection is read on its own.
      const isRuled = ofTypes !== undefined && (isConnection || above === undefined);
      if (clauses.length === 0 && !isRuled) return undefined;
      return {
        coordinate,
        clauses,
        rules: ofTypes,
        viewer,
        call: { context },
        above,
        rowTypes,
        answers: executions.rowAnswersOf(context, info, viewer),
        filters: new Map(),
      };
    },
    narrowBeside(
      { coordinate, values, rowTypes, rules, isConnection, ofConnection },
      { context, info, above },
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
        answers: executions.rowAnswersOf(context, info, viewer),
        filters: new Map(),
      };
    },
  };
}
