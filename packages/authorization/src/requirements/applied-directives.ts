import type { ConstDirectiveNode, GraphQLDirective, GraphQLSchema, Location } from 'graphql';
import { valueFromASTUntyped } from 'graphql';
import { argumentValues } from '../graphql-js/variables.ts';

/** An element that can have directives: a type, a field, an argument, an input field or an enum value. */
export interface DirectiveTarget {
  readonly astNode?: SyntaxNode | null | undefined;
  readonly extensionASTNodes?: readonly SyntaxNode[] | null | undefined;
  readonly extensions?: { readonly [name: string]: unknown } | null | undefined;
}

interface SyntaxNode {
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
  readonly loc?: Location | undefined;
  readonly name?: { readonly value?: string; readonly loc?: Location | undefined } | undefined;
}

/** One directive on an element. `args` are by name; an enum value in SDL is given by its internal value. */
export interface AppliedDirective {
  readonly name: string;
  readonly args: unknown;
}

/** Returns the directives of an element in SDL, in their order, those of type extensions included. */
export const directiveNodes = ({
  astNode,
  extensionASTNodes,
}: DirectiveTarget): readonly ConstDirectiveNode[] =>
  [astNode, ...(extensionASTNodes ?? [])].flatMap((node) => node?.directives ?? []);

/**
 * Reads all directives of an element: first those in `extensions.directives`, which code-first schemas use
 * (an object of arguments, or a list of such objects, by directive name), then those in SDL.
 *
 * @throws {GraphQLError} when arguments in SDL do not match the directive's definition.
 */
export function appliedDirectives(
  schema: GraphQLSchema,
  element: DirectiveTarget,
): readonly AppliedDirective[] {
  const inExtensions = Object.entries(element.extensions?.directives ?? {}).flatMap(
    ([name, value]: [string, unknown]) => asList(value).map((args) => ({ name, args })),
  );
  const inSdl = directiveNodes(element).map((node) => ({
    name: node.name.value,
    args: argumentsOf(schema.getDirective(node.name.value), node),
  }));
  return [...inExtensions, ...inSdl];
}

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** Returns the arguments in SDL. Unknown arguments are kept, so that misspelt ones are reported. */
function argumentsOf(
  definition: GraphQLDirective | null | undefined,
  node: ConstDirectiveNode,
): Readonly<Record<string, unknown>> {
  const written = (node.arguments ?? []).map(
    ({ name, value }) => [name.value, valueFromASTUntyped(value)] as const,
  );
  return {
    ...Object.fromEntries(written),
    ...(definition ? argumentValues(definition, node) : {}),
  };
}
