import type { ConstDirectiveNode } from 'graphql';
import { Kind, parseConstValue } from 'graphql';

/** Creates the syntax node of a directive. Each argument is a name and a value in GraphQL notation. */
export const createDirectiveNode = (
  name: string,
  args: readonly (readonly [name: string, value: string])[],
): ConstDirectiveNode => ({
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: name },
  arguments: args.map(([argument, value]) => ({
    kind: Kind.ARGUMENT,
    name: { kind: Kind.NAME, value: argument },
    value: parseConstValue(value),
  })),
});
