import type { Implications } from '@gatehouse/authorization';
import {
  type DirectiveNode,
  type DocumentNode,
  type GraphQLSchema,
  isEnumType,
  type ValueNode,
} from 'graphql';
import { enumValueNodes } from './type-defs.ts';

/**
 * Reads the `@implies` of all groups, before the schema is composed. Mistakes are not reported here: the composed schema
 * is checked for them.
 *
 * @param external the external schema of the project, which can have them in `extensions.directives`.
 */
export function readImplications(
  documents: readonly DocumentNode[],
  external: GraphQLSchema | undefined,
): Implications {
  const inSdl = enumValueNodes(documents, 'Group').map(
    ({ name, directives = [] }) => [name.value, directives.flatMap(impliedIn)] as const,
  );
  const found = new Map<string, readonly string[]>();
  for (const [name, implied] of [...inSdl, ...inExtensions(external)]) {
    if (implied.length > 0) found.set(name, [...(found.get(name) ?? []), ...implied]);
  }
  return found;
}

const impliedIn = ({ name, arguments: given = [] }: DirectiveNode): readonly string[] =>
  name.value === 'implies' ? given.flatMap(({ value }) => namesIn(value)) : [];

/** A single value in place of a list is its only item. */
function namesIn(value: ValueNode): readonly string[] {
  if (value.kind === 'ListValue') return value.values.flatMap(namesIn);
  return value.kind === 'EnumValue' ? [value.value] : [];
}

function inExtensions(
  external: GraphQLSchema | undefined,
): readonly (readonly [string, readonly string[]])[] {
  const type = external?.getType('Group');
  if (!isEnumType(type)) return [];
  return type.getValues().map(({ name, extensions }) => {
    const directives = propertyOf(extensions, 'directives');
    // An argument, and all arguments of a directive, may be in a list or not.
    const groups = [propertyOf(directives, 'implies')]
      .flat()
      .flatMap((args) => propertyOf(args, 'groups'));
    return [name, groups.filter((each) => typeof each === 'string')] as const;
  });
}

const propertyOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
