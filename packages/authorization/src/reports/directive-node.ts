import type { ConstDirectiveNode } from 'graphql';
import { Kind, parseConstValue } from 'graphql';

/** Makes a directive as it stands in SDL. Each argument is its name and its value in GraphQL's notation. */
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
