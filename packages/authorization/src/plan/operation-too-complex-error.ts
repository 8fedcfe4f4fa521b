import { GraphQLError } from 'graphql';

/** The operation asks for more than is done for one. Answered with 400. */
export class OperationTooComplexError extends GraphQLError {
  override readonly name = 'OperationTooComplexError';

  constructor(message: string) {
    super(message, { extensions: { code: 'OPERATION_TOO_COMPLEX', http: { status: 400 } } });
  }
}
