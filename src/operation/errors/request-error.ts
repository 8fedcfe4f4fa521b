import { GraphQLError, type GraphQLErrorOptions } from 'graphql';

export interface RequestErrorOptions
  extends Pick<GraphQLErrorOptions, 'nodes' | 'source' | 'positions'> {
  /** Facts for programs, sent as `extensions` beside the code. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** Text of the operation stands in messages, and a client makes it as long as it likes. */
const maxMessageLength = 500;

/**
 * An error of the request itself (syntax, validation, variables), found before anything runs. The message can be sent
 * as it is. Never log it: an error of validation quotes literals of the document, which can be passwords.
 */
export class RequestError extends GraphQLError {
  override readonly name = 'RequestError';

  constructor(code: string, message: string, { facts, ...place }: RequestErrorOptions = {}) {
    const shown =
      message.length > maxMessageLength ? `${message.slice(0, maxMessageLength)}...` : message;
    super(shown, { ...place, extensions: { ...facts, code } });
  }
}

/** An error of validation: of a rule of the GraphQL specification, or of the host's own. */
export const toInvalid = (message: string, nodes?: RequestErrorOptions['nodes']): RequestError =>
  new RequestError('GRAPHQL_VALIDATION_FAILED', message, nodes === undefined ? {} : { nodes });
