import type { Authorization } from '@gatehouse/authorization';
import type { Context } from '../context/context.ts';
import { findRequestErrors } from './errors/request-errors.ts';

export interface DecideOptions {
  readonly authorization: Pick<Authorization<Context>, 'schema' | 'visibleTo' | 'decideOperation'>;
  /** Whether errors speak only of that part of the schema that the viewer can see. */
  readonly hidesSchema: boolean;
  readonly maxErrors: number;
}

/** Creates the function that decides operations, with the errors that an invalid one gets when it is not only decided. */
export function createDecide({
  authorization: { schema, visibleTo, decideOperation },
  hidesSchema,
  maxErrors,
}: DecideOptions): Authorization<Context>['decideOperation'] {
  return async (request) => {
    const decided = await decideOperation(request);
    if (decided.kind === 'decided') return decided;
    const visible = () => (hidesSchema ? visibleTo(request.contextValue.viewer) : schema);
    return { kind: 'invalid', errors: findRequestErrors(request, { schema, visible, maxErrors }) };
  };
}
