import type { GraphQLResolveInfo } from 'graphql';
import type { Decider } from '../calls/decider.ts';
import type { DescribedField } from './describe-field.ts';
import { refusalOfRows } from './narrow-type.ts';
import type { NarrowedCall } from './narrowed-call.ts';

/** The call of a field. */
interface CalledField<TContext> {
  readonly context: TContext;
  readonly info: GraphQLResolveInfo;
  /** The narrowed connection that it belongs to. */
  readonly connection: NarrowedCall<TContext> | undefined;
}

type Narrow<TContext> = (
  field: DescribedField,
  call: CalledField<TContext>,
) => NarrowedCall<TContext> | undefined;

/** Finds what can be hidden from the viewer of one call of a field. */
export interface NarrowField<TContext> {
  /** Returns the call of a field whose rows can be hidden from the viewer. Undefined: none can. */
  readonly narrow: Narrow<TContext>;
  /**
   * Returns the call for the rules that `narrow` leaves out: that of a connection itself, and those of types that are no
   * rows of the connection above.
   */
  readonly narrowByOtherRules: Narrow<TContext>;
}

const noNames: ReadonlySet<string> = new Set();

export function createNarrowField<TContext>(decider: Decider<TContext>): NarrowField<TContext> {
  const { requirements, narrowing, viewerOf, executions, report, beganAt } = decider;

  /** Where the type of a row is known before, the field has asked for the proof. */
  function unprovenOf({ isConnection, rowTypes }: DescribedField, call: CalledField<TContext>) {
    if (!requirements.demandProof || !isConnection || report !== undefined) return undefined;
    const { context, info } = call;
    return refusalOfRows(decider, rowTypes, { context, now: beganAt(context, info) });
  }

  return {
    narrow(field, call) {
      const { coordinate, rowTypes, rules, isConnection } = field;
      const { context, info, connection } = call;
      const clauses = narrowing(requirements.rowsAt(coordinate), context);
      const viewer = viewerOf(context);
      const ofTypes = rules.of(viewer);
      // A connection above has the rules of its rows. Another connection is read on its own.
      const isRuled = ofTypes !== undefined && (isConnection || connection === undefined);
      const unproven = unprovenOf(field, call);
      if (clauses.length === 0 && !isRuled && unproven === undefined) return undefined;
      return {
        coordinate,
        clauses,
        rules: ofTypes,
        viewer,
        call: { context },
        connection,
        rowTypes,
        answers: executions.rowAnswersOf(context, info, viewer),
        filters: new Map(),
        unproven,
      };
    },
    narrowByOtherRules(
      { coordinate, values, rowTypes, rules, isConnection, ofConnection },
      { context, info, connection },
    ) {
      const connectionRows = isConnection ? noNames : connection?.rowTypes;
      if (connectionRows === undefined) return undefined;
      const viewer = viewerOf(context);
      const all = isConnection ? ofConnection.of(viewer) : rules.of(viewer);
      if (all === undefined) return undefined;
      return {
        coordinate,
        clauses: [],
        rules: (name) => (connectionRows.has(name) ? [] : all(name)),
        viewer,
        call: { context },
        connection: undefined,
        rowTypes: isConnection ? values : rowTypes,
        answers: executions.rowAnswersOf(context, info, viewer),
        filters: new Map(),
      };
    },
  };
}
