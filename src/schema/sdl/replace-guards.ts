import {
  type ConstArgumentNode,
  type ConstDirectiveNode,
  type ConstValueNode,
  type DocumentNode,
  Kind,
  visit,
} from 'graphql';
import { named } from '../../error-pages.ts';
import { didYouMean } from '../../values/nearest-name.ts';
import { type CheckedTypeDefs, describeUnknownGroup, parseDirectives } from './type-defs.ts';

/** What replaces a guard: its groups, or any of its arguments. `null` removes `maxAge` or `factors`. */
export type GuardReplacement =
  | readonly string[]
  | {
      readonly requires?: readonly string[];
      readonly maxAge?: number | null;
      readonly factors?: number | null;
    };

/** Replaces arguments of the `@auth` at each coordinate: of a field, an input field or an enum value. An element without one gets it. */
export type Guards = Readonly<Record<string, GuardReplacement>>;

/**
 * Replaces guards of the elements of Gatehouse and of packages. Reports unknown coordinates and groups as problems.
 */
export function replaceGuards(
  documents: readonly DocumentNode[],
  guards: Guards,
  groups: readonly string[],
): CheckedTypeDefs {
  const known = new Set<string>();
  const replacements = new Map(
    Object.entries(guards).map(([coordinate, guard]) => [coordinate, toArguments(guard)]),
  );
  const isKnown = (name: string) => groups.includes(name);
  const replaced = documents.map((document): DocumentNode => {
    let typeName = '';
    const enter = ({ name }: Named) => {
      typeName = name.value;
    };
    const replace = <Node extends Guarded>(node: Node): Node | undefined => {
      const coordinate = `${typeName}.${node.name.value}`;
      known.add(coordinate);
      const replacement = replacements.get(coordinate);
      if (replacement === undefined || !groupsOf(guards[coordinate]).every(isKnown))
        return undefined;
      return { ...node, directives: withGuard(node.directives ?? [], replacement) };
    };
    return visit(document, {
      ObjectTypeDefinition: enter,
      ObjectTypeExtension: enter,
      InterfaceTypeDefinition: enter,
      InterfaceTypeExtension: enter,
      InputObjectTypeDefinition: enter,
      InputObjectTypeExtension: enter,
      EnumTypeDefinition: enter,
      EnumTypeExtension: enter,
      FieldDefinition: replace,
      // Those of a directive's arguments and of a field's are not visited as members of a type.
      InputValueDefinition: (node, _key, _parent, path) =>
        path.includes('arguments') ? undefined : replace(node),
      EnumValueDefinition: replace,
    });
  });
  const unknown = Object.entries(guards).flatMap(([coordinate, guard]) =>
    groupsOf(guard)
      .filter((name) => !isKnown(name))
      .map((name) => `${coordinate}: guards: ${describeUnknownGroup(name, groups)}`),
  );
  const missing = Object.keys(guards)
    .filter((coordinate) => !known.has(coordinate))
    .map(
      (coordinate) =>
        `${coordinate}: guards: Gatehouse has no such field${didYouMean(coordinate, known)}`,
    );
  return {
    documents: replaced,
    problems: [...named('unknown-coordinate', missing), ...named('unknown-group', unknown)],
  };
}

interface Named {
  readonly name: { readonly value: string };
}

interface Guarded extends Named {
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
}

const isGroups = (guard: GuardReplacement): guard is readonly string[] => Array.isArray(guard);

const groupsOf = (guard: GuardReplacement = []): readonly string[] =>
  isGroups(guard) ? guard : (guard.requires ?? []);

/** By name. Null: the argument is removed. */
type Arguments = ReadonlyMap<string, ConstValueNode | null>;

function toArguments(guard: GuardReplacement): Arguments {
  const { requires, maxAge, factors } = isGroups(guard) ? { requires: guard } : guard;
  const found = new Map<string, ConstValueNode | null>();
  if (requires !== undefined) {
    const values = requires.map((value) => ({ kind: Kind.ENUM, value }) as const);
    found.set('requires', { kind: Kind.LIST, values });
  }
  for (const [name, value] of Object.entries({ maxAge, factors })) {
    if (value === undefined) continue;
    found.set(name, value === null ? null : { kind: Kind.INT, value: String(value) });
  }
  return found;
}

const isGuard = ({ name }: ConstDirectiveNode): boolean => name.value === 'auth';

/** An element without a guard of its own gets one: what is asked for is never without effect. */
function withGuard(
  directives: readonly ConstDirectiveNode[],
  replacement: Arguments,
): readonly ConstDirectiveNode[] {
  const guarded = directives.some(isGuard)
    ? directives
    : [...directives, ...parseDirectives('@auth')];
  return guarded.map((each) => (isGuard(each) ? withArguments(each, replacement) : each));
}

function withArguments(directive: ConstDirectiveNode, replacement: Arguments): ConstDirectiveNode {
  const { loc: _replaced, ...kept } = directive;
  const others = (directive.arguments ?? []).filter(({ name }) => !replacement.has(name.value));
  const replaced = [...replacement].flatMap(([name, value]): readonly ConstArgumentNode[] =>
    value === null ? [] : [{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: name }, value }],
  );
  return { ...kept, arguments: [...replaced, ...others] };
}
