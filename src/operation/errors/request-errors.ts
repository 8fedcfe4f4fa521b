import { type DocumentNode, getOperationAST } from 'graphql';
import { RequestError } from './request-error.ts';
import {
  findVariableErrors,
  type RequestVariables,
  type VariableErrorsOptions,
} from './variable-errors.ts';

/** The operation and the variables that a request names. */
export interface OperationRequest extends Pick<RequestVariables, 'variableValues'> {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
}

/**
 * Describes why no operation of a valid document can run for a request: the one that it names does not exist, or
 * its variables do not match their types. None when it can run.
 */
export function findRequestErrors(
  { document, operationName, variableValues }: OperationRequest,
  options: VariableErrorsOptions,
): readonly RequestError[] {
  const operation = getOperationAST(document, operationName);
  return operation
    ? findVariableErrors({ operation, variableValues }, options)
    : [toUnknownOperation(operationName)];
}

/** The name is the client's, and is not quoted. */
const toUnknownOperation = (operationName: string | null | undefined): RequestError =>
  new RequestError(
    'OPERATION_RESOLUTION_FAILURE',
    operationName === undefined || operationName === null
      ? 'The document has several operations: choose one with `operationName`.'
      : 'The document has no operation with the requested name.',
  );
