import { type ASTNode, Kind, print } from 'graphql';
import { describeField, ifShown, nameOf, type RuleBreach } from './rule-breach.ts';
import { describeMissingArguments, describeValue, describeVariable } from './value-texts.ts';

type Describe = (breach: RuleBreach) => string;

/** The texts for the rules of graphql-js, by the name of a rule's function. Cycles of fragments are found before. */
const texts: Readonly<Record<string, Describe>> = {
  ExecutableDefinitionsRule: () => 'Only operations and fragments can be executed.',
  FieldsOnCorrectTypeRule: (breach) => {
    const type = ifShown(breach, ` on the type ${breach.context.getParentType()}`);
    return `The field "${nameOf(breach.nodes[0])}" does not exist${type}.`;
  },
  FragmentsOnCompositeTypesRule: ofName(
    (name) => `A fragment on "${name}" is not possible: it needs an object, interface or union.`,
  ),
  KnownArgumentNamesRule: (breach) => {
    const directive = breach.context.getDirective();
    const owner = directive ? `directive "@${directive.name}"` : `field ${describeField(breach)}`;
    return `The argument "${nameOf(breach.nodes[0])}" does not exist on the ${owner}.`;
  },
  KnownDirectivesRule: ofName((name) => `There is no directive "@${name}" for this place.`),
  KnownFragmentNamesRule: ofName((name) => `The fragment "${name}" does not exist.`),
  KnownTypeNamesRule: ofName((name) => `The type "${name}" does not exist.`),
  LoneAnonymousOperationRule: () =>
    'An operation without a name must be the only operation of the document.',
  MaxIntrospectionDepthRule: () => 'The introspection is nested too deeply.',
  NoUndefinedVariablesRule: ofName(
    (name) => `The variable "$${name}" is not declared by the operation.`,
  ),
  NoUnusedFragmentsRule: ofName((name) => `The fragment "${name}" is never used.`),
  NoUnusedVariablesRule: ofName((name) => `The variable "$${name}" is never used.`),
  OverlappingFieldsCanBeMergedRule: ({ nodes: [field] }) =>
    `Different fields have the name "${responseNameOf(field)}" in the response: use an alias.`,
  PossibleFragmentSpreadsRule: () => 'The fragment never applies here: no object has both types.',
  ProvidedRequiredArgumentsRule: describeMissingArguments,
  ScalarLeafsRule: (breach) => {
    const field = `${describeField(breach)}${ifShown(breach, ` of type ${breach.context.getType()}`)}`;
    return breach.nodes[0]?.kind === Kind.FIELD
      ? `The field ${field} needs a selection of subfields.`
      : `The field ${field} has no subfields: remove its selection.`;
  },
  SingleFieldSubscriptionsRule: () =>
    'A subscription must select exactly one field, which must not be an introspection field.',
  UniqueArgumentNamesRule: ofName((name) => `The argument "${name}" is given more than once.`),
  UniqueDirectivesPerLocationRule: ofName(
    (name) => `The directive "@${name}" can be used only once in this place.`,
  ),
  UniqueFragmentNamesRule: ofName((name) => `Several fragments have the name "${name}".`),
  UniqueInputFieldNamesRule: ofName((name) => `The input field "${name}" is given more than once.`),
  UniqueOperationNamesRule: ofName((name) => `Several operations have the name "${name}".`),
  UniqueVariableNamesRule: ofName((name) => `Several variables have the name "$${name}".`),
  ValuesOfCorrectTypeRule: describeValue,
  VariablesAreInputTypesRule: ({ nodes: [type] }) =>
    `A variable cannot have the type ${type ? print(type) : ''}: it is an output type.`,
  VariablesInAllowedPositionRule: describeVariable,
};

/**
 * Describes how an operation breaks a rule. Quotes names of the operation, never its values.
 *
 * @param rule the name of the rule's function. A rule without a text, such as one of the host, is only named.
 */
export function describeBreach(rule: string, breach: RuleBreach): string {
  const describe = Object.hasOwn(texts, rule) ? texts[rule] : undefined;
  if (describe !== undefined) return describe(breach);
  return `The operation breaks ${rule === '' ? 'a rule of this server' : `the rule ${rule}`}.`;
}

/** A text that depends on the first node's name alone. */
function ofName(describe: (name: string) => string): Describe {
  return ({ nodes: [node] }) => describe(nameOf(node));
}

const responseNameOf = (node: ASTNode | undefined): string =>
  node?.kind === Kind.FIELD ? (node.alias ?? node.name).value : '';
