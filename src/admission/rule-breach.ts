import { type ASTNode, Kind, type ValidationContext } from 'graphql';

/** A validation rule that an operation breaks, at the moment when the rule reports it. */
export interface RuleBreach {
  /** Where it is broken. */
  readonly nodes: readonly ASTNode[];
  /** Where the validation stands: at the node whose visit makes the rule report. */
  readonly context: ValidationContext;
  /** Whether a text may name types and coordinates that the operation does not name. */
  readonly namesSchema: boolean;
}

/** The name of a node as it stands in the operation, without `$` or `@`; empty when it has none. */
export function nameOf(node: ASTNode | undefined): string {
  if (node === undefined) return '';
  if (node.kind === Kind.NAME) return node.value;
  if (node.kind === Kind.VARIABLE_DEFINITION) return node.variable.name.value;
  return 'name' in node && node.name !== undefined ? node.name.value : '';
}

/** The field that is visited: its coordinate, or its name alone where the schema must not be named. */
export function describeField({ context, namesSchema }: RuleBreach): string {
  const name = context.getFieldDef()?.name ?? '';
  return namesSchema ? `${context.getParentType()}.${name}` : `"${name}"`;
}

/** Text that names the schema; empty where the schema must not be named. */
export const ifShown = ({ namesSchema }: RuleBreach, text: string): string =>
  namesSchema ? text : '';
