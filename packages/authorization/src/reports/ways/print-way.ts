import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInputObjectType,
  isRequiredArgument,
  isRequiredInputField,
  OperationTypeNode,
} from 'graphql';
import type { Way } from './find-ways.ts';
import { type Member, typeOf } from './schema-graph.ts';

/** Prints the operation that goes one way and selects and supplies nothing else. What must be supplied are variables. */
export function printWay(schema: GraphQLSchema, way: Way): string {
  const variables: string[] = [];
  const selection = printSelections({ way, addVariable: createAddVariable(variables) }, 0);
  const root = way.members[0]?.owner;
  const type = Object.values(OperationTypeNode).find(
    (each) => schema.getRootType(each)?.name === root,
  );
  const declared = variables.length === 0 ? '' : `(${variables.join(', ')})`;
  return `${type} Way${declared} { ${selection} }`;
}

interface Printed {
  readonly way: Way;
  /** Declares a variable for an input, and returns it. */
  readonly addVariable: (input: GraphQLArgument | GraphQLInputField) => string;
}

const createAddVariable =
  (variables: string[]): Printed['addVariable'] =>
  ({ name, type }) => {
    const variable = `$${name}${variables.length === 0 ? '' : variables.length}`;
    variables.push(`${variable}: ${getNullableType(type)}!`);
    return variable;
  };

/** Prints the field at a place of the way, and what follows. */
function printSelections(printed: Printed, index: number): string {
  const { members, endType } = printed.way;
  const member = members[index];
  if (member === undefined || member.kind === 'input field') throw new Error('unreachable');
  const { field } = member;
  const required = field.args
    .filter(
      (each) => isRequiredArgument(each) && !(member.kind === 'argument' && each === member.input),
    )
    .map((each) => `${each.name}: ${printed.addVariable(each)}`);
  const supplied = member.kind === 'argument' ? [printSupplied(printed, index)] : [];
  const args = [...supplied, ...required];
  const head = `${field.name}${args.length === 0 ? '' : `(${args.join(', ')})`}`;
  const returned = getNamedType(field.type);
  if (!isCompositeType(returned)) return head;
  const next = member.kind === 'field' ? members[index + 1] : undefined;
  const inside = next === undefined ? '__typename' : printSelections(printed, index + 1);
  const owner = next?.owner ?? (member.kind === 'field' ? endType?.name : undefined);
  const isSame = owner === undefined || owner === returned.name;
  return `${head} { ${isSame ? inside : `... on ${owner} { ${inside} }`} }`;
}

/** Prints the argument or input field at a place of the way with its value. */
function printSupplied(printed: Printed, index: number): string {
  const { members, enumValue } = printed.way;
  const member = members[index];
  if (member === undefined || member.kind === 'field') throw new Error('unreachable');
  const { input } = member;
  const next = members[index + 1];
  if (next === undefined) {
    return `${input.name}: ${enumValue ?? printed.addVariable(input)}`;
  }
  const type = typeOf(member);
  const others = isInputObjectType(type)
    ? Object.values(type.getFields())
        .filter((each) => isRequiredInputField(each) && !isInputOf(next, each))
        .map((each) => `${each.name}: ${printed.addVariable(each)}`)
    : [];
  return `${input.name}: { ${[printSupplied(printed, index + 1), ...others].join(', ')} }`;
}

const isInputOf = (member: Member, input: GraphQLInputField): boolean =>
  member.kind === 'input field' && member.input === input;
