import type { ConstDirectiveNode, GraphQLDirective, GraphQLSchema, Location } from 'graphql';
import { getArgumentValues, valueFromASTUntyped } from 'graphql';

/** What can bear directives: a type, a field, an argument, an input field or an enum value. */
export interface DirectiveBearer {
  readonly astNode?: SyntaxNode | null | undefined;
  readonly extensionASTNodes?: readonly SyntaxNode[] | null | undefined;
  readonly extensions?: { readonly [name: string]: unknown } | null | undefined;
}

interface SyntaxNode {
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
  readonly loc?: Location | undefined;
}

/** One directive on an element. `args` by name; an enum value of SDL as its internal value. */
export interface AppliedDirective {
  readonly name: string;
  readonly args: unknown;
}

/** The directives that the SDL writes on an element, extensions included, in their order. */
export const directiveNodes = ({
  astNode,
  extensionASTNodes,
}: DirectiveBearer): readonly ConstDirectiveNode[] =>
  [astNode, ...(extensionASTNodes ?? [])].flatMap((node) => node?.directives ?? []);

/**
 * Reads all directives of an element: those of `extensions.directives`, which code-first schemas use
 * (an object of arguments, or a list of such objects, by directive name), then those of the SDL.
 *
 * @throws {GraphQLError} when the arguments of the SDL do not fit the directive.
 */
export function appliedDirectives(
  schema: GraphQLSchema,
  element: DirectiveBearer,
): readonly AppliedDirective[] {
  const inExtensions = Object.entries(element.extensions?.directives ?? {}).flatMap(
    ([name, given]: [string, unknown]) => asList(given).map((args) => ({ name, args })),
  );
  const inSdl = directiveNodes(element).map((node) => ({
    name: node.name.value,
    args: argumentsOf(schema.getDirective(node.name.value), node),
  }));
  return [...inExtensions, ...inSdl];
}

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** Arguments that the definition does not have are kept, so that a misspelt one is found. */
function argumentsOf(
  definition: GraphQLDirective | null | undefined,
  node: ConstDirectiveNode,
): Readonly<Record<string, unknown>> {
  const written = (node.arguments ?? []).map(
    ({ name, value }) => [name.value, valueFromASTUntyped(value)] as const,
  );
  return {
    ...Object.fromEntries(written),
    ...(definition ? getArgumentValues(definition, node) : {}),
  };
}
