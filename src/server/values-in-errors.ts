import type { ASTNode, GraphQLFormattedError } from 'graphql';
import { GraphQLError, isValueNode, Kind, print } from 'graphql';

/**
 * Tells an error of graphql-js or Apollo Server about a request without what the request holds: they quote
 * values, and a value can be a password, in the wrong place or with a slip of the pen beside it. Names that
 * stand in the operation are quoted on.
 */
export function withoutValues(
  formatted: GraphQLFormattedError,
  error: unknown,
): GraphQLFormattedError {
  const { message, extensions } = formatted;
  const node = error instanceof GraphQLError ? error.nodes?.[0] : undefined;
  if (extensions?.code === 'GRAPHQL_PARSE_FAILED') {
    return { ...formatted, message: syntaxMessage(message) };
  }
  if (extensions?.code === 'OPERATION_RESOLUTION_FAILURE' && message.startsWith('Unknown')) {
    return {
      ...formatted,
      message: 'The document has no operation with the requested name.',
    };
  }
  if (isLiteral(node) && !missingField.test(message)) {
    return { ...formatted, message: literalMessage(message) };
  }
  const isOfVariable = extensions?.code !== 'GRAPHQL_VALIDATION_FAILED';
  return isOfVariable ? withoutVariable(formatted, node) : formatted;
}

/** What a syntax error may say: the kinds of tokens, never what they hold. */
const tokenProblem =
  /^Syntax Error: (?:Unexpected|Expected [^\s]+, found) (?:Name|Int|Float|String|BlockString|Comment|<EOF>|"[^\w\s"]{1,3}")/;
const openString = 'Syntax Error: Unterminated string.';

function syntaxMessage(message: string): string {
  if (message === openString) return message;
  const [told = 'Syntax Error'] = tokenProblem.exec(message) ?? [];
  return `${told}.`;
}

const isLiteral = (node: ASTNode | undefined): boolean =>
  node !== undefined && isValueNode(node) && node.kind !== Kind.VARIABLE;

/** The one error about a literal that speaks of its type alone. */
const missingField = /^Field "[\w.]+" of required type "[\w![\]]+" was not provided\.$/;

/** The type stands at the beginning, before anything that the request holds. */
function literalMessage(message: string): string {
  const [, expected, represented, enumeration] =
    /^(?:Expected value of type "([\w![\]]+)"|(\w+) cannot represent|Enum "(\w+)")/.exec(message) ??
    [];
  const type = expected ?? represented ?? enumeration;
  return type === undefined
    ? 'A value does not match its type.'
    : `A value does not match its type ${type}.`;
}

/** The client is told which variable, and where in it. */
function withoutVariable(
  formatted: GraphQLFormattedError,
  node: ASTNode | undefined,
): GraphQLFormattedError {
  if (node?.kind !== Kind.VARIABLE_DEFINITION) return formatted;
  const name = node.variable.name.value;
  const argument = new RegExp(` at "(${name}[\\w.[\\]]*)"`).exec(formatted.message)?.[1] ?? name;
  return {
    ...formatted,
    message: `The variable "$${argument}" does not match its type ${print(node.type)}.`,
    extensions: { ...formatted.extensions, argument },
  };
}
