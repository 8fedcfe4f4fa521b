import type { Refusal } from '../../decision/decision.ts';
import type { Decider } from '../calls/decider.ts';
import type { RowRequest } from '../rows/narrow-type.ts';
import type { RowReader } from './row-reader.ts';

/** Asks for the proofs of identity that the rules of types ask of viewers who name or read their rows. */
export interface RowProofs<TContext> {
  /** Returns the refusal of all rows of a type, before any is read: of an interface, by its own rule. */
  ofType(typeName: string, call: RowRequest<TContext>): Refusal | undefined;
  /** Returns the refusal of a row that was read as one of a type, and that exists for the viewer. */
  ofRow(typeName: string, row: unknown, call: RowRequest<TContext>): Refusal | undefined;
}

export function createRowProofs<TContext>(
  { requirements, refusalByGroups, report, viewerOf }: Decider<TContext>,
  { typeOf }: Pick<RowReader<TContext>, 'typeOf'>,
): RowProofs<TContext> {
  const ofType: RowProofs<TContext>['ofType'] = (typeName, { context, now }) =>
    // A dry run refuses nothing, and for anonymous viewers there are no rows.
    report === undefined && viewerOf(context).isAuthenticated
      ? refusalByGroups(requirements.ruleOf(typeName), context, now)
      : undefined;

  return {
    ofType,
    ofRow: (typeName, row, call) => ofType(typeOf(typeName, row), call),
  };
}
