import type { GraphQLResolveInfo } from 'graphql';
import { variablesOf } from '../../graphql-js/variables.ts';
import { refuseVariables } from '../../plan/fragment-variables.ts';
import {
  type FieldArguments,
  suppliedByEither,
  suppliedCoordinates,
  variablesOfExecution,
} from '../../plan/supplied-input.ts';
import type { Decider } from './decider.ts';

/** A field, and the coordinate of it. */
interface SuppliedField extends FieldArguments {
  readonly coordinate: string;
}

/** Returns the guarded arguments, input fields and enum values that were supplied to a call of a field that runs. */
export function suppliedInputs<TContext>(
  { requirements, executions }: Decider<TContext>,
  field: SuppliedField,
  { context, info }: { readonly context: TContext; readonly info: GraphQLResolveInfo },
): readonly string[] {
  const { coordinate } = field;
  Object.values(info.fragments).forEach(refuseVariables);
  const coerced = variablesOfExecution(variablesOf(info));
  const { variables: sent } = executions.of(context, info);
  // The execution's own variables are checked too: the announced ones may belong to another execution.
  const variables = sent === undefined ? coerced : suppliedByEither(sent, coerced);
  return info.fieldNodes.flatMap((node) =>
    suppliedCoordinates(requirements, { node, field, coordinate, variables }),
  );
}
