import type { Implications } from '@graphql-gatehouse/authorization/decision';
import {
  type DirectiveNode,
  type DocumentNode,
  type GraphQLSchema,
  isEnumType,
  type ValueNode,
} from 'graphql';
import { enumValueNodes } from './type-defs.ts';

/** Type definitions before they are composed. */
interface Written {
  readonly documents: readonly DocumentNode[];
  /** The external schema of the project, which can have directives in `extensions.directives`. */
  readonly external: GraphQLSchema | undefined;
}

/** An argument of a directive on groups. */
interface NamingArgument {
  readonly directive: string;
  readonly argument: string;
}

/**
 * Reads the groups in the `@implies` of all groups. Mistakes are not reported here: the composed schema is checked for
 * them.
 */
export const readImplications = (written: Written): Implications =>
  readNames(written, { directive: 'implies', argument: 'groups' });

/** Reads the type in the `@within` of each group that has one, with the same reservation. */
export function readPlaceTypes(written: Written): ReadonlyMap<string, string> {
  const found = readNames(written, { directive: 'within', argument: 'type' });
  return new Map(
    [...found].flatMap(([group, [type]]) => (type === undefined ? [] : [[group, type]])),
  );
}

/** Returns the groups that run a place, with the same reservation: those that grant others, and those that each place keeps. */
export function readRunningGroups(written: Written): readonly string[] {
  const granting = readNames(written, { directive: 'grants', argument: 'groups' });
  const kept = readNames(written, { directive: 'within', argument: 'keepsOne' });
  return [
    ...granting.keys(),
    ...[...kept].flatMap(([name, [is]]) => (is === 'true' ? [name] : [])),
  ];
}

function readNames(
  { documents, external }: Written,
  wanted: NamingArgument,
): ReadonlyMap<string, readonly string[]> {
  const inSdl = enumValueNodes(documents, 'Group').map(
    ({ name, directives = [] }) =>
      [name.value, directives.flatMap((each) => namedBy(each, wanted))] as const,
  );
  const found = new Map<string, readonly string[]>();
  for (const [name, named] of [...inSdl, ...inExtensions(external, wanted)]) {
    if (named.length > 0) found.set(name, [...(found.get(name) ?? []), ...named]);
  }
  return found;
}

const namedBy = (
  { name, arguments: entries = [] }: DirectiveNode,
  { directive, argument }: NamingArgument,
): readonly string[] =>
  name.value === directive
    ? entries
        .filter((entry) => entry.name.value === argument)
        .flatMap(({ value }) => namesIn(value))
    : [];

/** A single value in place of a list is its only item. */
function namesIn(value: ValueNode): readonly string[] {
  if (value.kind === 'ListValue') return value.values.flatMap(namesIn);
  if (value.kind === 'BooleanValue') return [String(value.value)];
  return value.kind === 'EnumValue' || value.kind === 'StringValue' ? [value.value] : [];
}

function inExtensions(
  external: GraphQLSchema | undefined,
  { directive, argument }: NamingArgument,
): readonly (readonly [string, readonly string[]])[] {
  const type = external?.getType('Group');
  if (!isEnumType(type)) return [];
  return type.getValues().map(({ name, extensions }) => {
    const directives = propertyOf(extensions, 'directives');
    // An argument, and all arguments of a directive, may be in a list or not.
    const named = [propertyOf(directives, directive)]
      .flat()
      .flatMap((args) => propertyOf(args, argument));
    const texts = named.map((each) => (typeof each === 'boolean' ? String(each) : each));
    return [name, texts.filter((each) => typeof each === 'string')] as const;
  });
}

const propertyOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
