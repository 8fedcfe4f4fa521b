import {
  type ASTNode,
  getNamedType,
  isInputObjectType,
  isRequiredArgument,
  isRequiredInputField,
  Kind,
  print,
} from 'graphql';
import { describeField, ifShown, nameOf, type RuleBreach } from './rule-breach.ts';

/** Describes a literal that does not match its type, without the literal. */
export function describeValue(breach: RuleBreach): string {
  const { context, nodes } = breach;
  const type = context.getInputType();
  if (!type) {
    const parent = ifShown(breach, ` on ${getNamedType(context.getParentInputType())}`);
    return `The input field "${nameOf(nodes[0])}" does not exist${parent}.`;
  }
  return (
    describeInputObject(breach) ?? `A value does not match its type${ifShown(breach, ` ${type}`)}.`
  );
}

/** Undefined when the value or its type is no input object. */
function describeInputObject(breach: RuleBreach): string | undefined {
  const type = getNamedType(breach.context.getInputType());
  const [node] = breach.nodes;
  if (node?.kind !== Kind.OBJECT || !isInputObjectType(type)) return undefined;
  const object = `The input object${ifShown(breach, ` ${type}`)}`;
  const given = node.fields.map(nameOf);
  const missing = Object.values(type.getFields()).filter(
    (field) => isRequiredInputField(field) && !given.includes(field.name),
  );
  return missing.length > 0
    ? `${object} lacks required fields${listNames(breach, missing)}.`
    : `${object} must have exactly one field, whose value is not null.`;
}

/** Describes a field or directive without arguments that it requires. */
export function describeMissingArguments(breach: RuleBreach): string {
  const { context, nodes } = breach;
  const [node] = nodes;
  const directive = node?.kind === Kind.DIRECTIVE ? context.getDirective() : undefined;
  const owner = directive ? `directive "@${directive.name}"` : `field ${describeField(breach)}`;
  const given = argumentsOf(node).map(nameOf);
  const missing = (directive ?? context.getFieldDef())?.args.filter(
    (argument) => isRequiredArgument(argument) && !given.includes(argument.name),
  );
  return `The ${owner} lacks required arguments${listNames(breach, missing ?? [])}.`;
}

const argumentsOf = (node: ASTNode | undefined): readonly ASTNode[] =>
  node?.kind === Kind.FIELD || node?.kind === Kind.DIRECTIVE ? (node.arguments ?? []) : [];

const listNames = (breach: RuleBreach, named: readonly { readonly name: string }[]): string =>
  ifShown(breach, `: ${named.map(({ name }) => name).join(', ')}`);

/** Describes a variable whose type does not match the type where it is used. */
export function describeVariable(breach: RuleBreach): string {
  const [definition, variable] = breach.nodes;
  const declared =
    definition?.kind === Kind.VARIABLE_DEFINITION ? ` of type ${print(definition.type)}` : '';
  const expected = ifShown(breach, expectedType(breach, variable));
  const place = expected === '' ? 'here' : `where ${expected} is expected`;
  return `The variable "$${nameOf(definition)}"${declared} cannot be used ${place}.`;
}

/** The type where a variable is used; empty when it is not known. */
function expectedType({ context }: RuleBreach, variable: ASTNode | undefined): string {
  const usage = context
    .getDocument()
    .definitions.flatMap((each) =>
      each.kind === Kind.OPERATION_DEFINITION ? context.getRecursiveVariableUsages(each) : [],
    )
    .find(({ node }) => node === variable);
  if (!usage?.type) return '';
  // A field of a OneOf input object is nullable, but must be given a value.
  const isOfOneOf = isInputObjectType(usage.parentType) && usage.parentType.isOneOf;
  return `${usage.type}${isOfOneOf ? '!' : ''}`;
}
