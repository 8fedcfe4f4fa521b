import type { ASTNode, ConstDirectiveNode, DirectiveNode } from 'graphql';
import { Kind, parse, print, visit } from 'graphql';

/** Where a guard stands: `User.email`; the second one on the same element is `User.email #2`. */
type GuardName = string;

const rootTypes: readonly string[] = ['Query', 'Mutation', 'Subscription'];

/** Every `@auth` that stands in the SDL, in its order. Read from the text alone, not by the product. */
export const findGuards = (typeDefs: readonly string[]): readonly GuardName[] =>
  find(typeDefs, 'auth', () => true);

/** The SDL without one guard. A root field without any guard left becomes `@public`: it must say so. */
export function removeGuard(typeDefs: readonly string[], guard: GuardName): readonly string[] {
  return typeDefs.map((text) =>
    visitGuards(text, 'auth', (name, { isRootField, isOnly }) => {
      if (name !== guard) return undefined;
      return isRootField && isOnly ? publicDirective : null;
    }),
  );
}

/** Every `@auth` with the argument `rows`. */
export const findNarrowings = (typeDefs: readonly string[]): readonly GuardName[] =>
  find(typeDefs, 'auth', ({ arguments: given = [] }) =>
    given.some(({ name }) => name.value === 'rows'),
  );

/** The SDL with `@auth` alone in the place of one guard: every authenticated viewer gets all rows. */
export const widenRows = (typeDefs: readonly string[], guard: GuardName): readonly string[] =>
  typeDefs.map((text) =>
    visitGuards(text, 'auth', (name, { node }) =>
      name === guard ? { ...node, arguments: [] } : undefined,
    ),
  );

/** Every group that has `@implies`. */
export const findImplications = (typeDefs: readonly string[]): readonly GuardName[] =>
  find(typeDefs, 'implies', () => true);

/** The SDL in which one group implies no others. */
export const removeImplication = (
  typeDefs: readonly string[],
  group: GuardName,
): readonly string[] =>
  typeDefs.map((text) =>
    visitGuards(text, 'implies', (name) => (name === group ? null : undefined)),
  );

function find(
  typeDefs: readonly string[],
  directive: string,
  isWanted: (node: DirectiveNode) => boolean,
): readonly GuardName[] {
  const found: GuardName[] = [];
  for (const text of typeDefs) {
    visitGuards(text, directive, (name, { node }) => {
      if (isWanted(node)) found.push(name);
      return undefined;
    });
  }
  return found;
}

interface GuardPlace {
  readonly node: DirectiveNode;
  readonly isRootField: boolean;
  readonly isOnly: boolean;
}

const publicDirective: ConstDirectiveNode = {
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: 'public' },
};

/** Calls `change` for each directive of this name; what it returns takes its place, and null removes it. */
function visitGuards(
  text: string,
  directive: string,
  change: (name: GuardName, place: GuardPlace) => DirectiveNode | null | undefined,
): string {
  const changed = visit(parse(text), {
    Directive(node, _key, siblings, _path, ancestors) {
      if (node.name.value !== directive) return undefined;
      const guards = directivesAmong(siblings, directive);
      const names = ancestors.flatMap((ancestor) => ('kind' in ancestor ? [ancestor] : []));
      const place = names.filter(({ kind }) => kind !== Kind.DOCUMENT);
      const index = guards.indexOf(node);
      const coordinate = toCoordinate(place);
      return change(index === 0 ? coordinate : `${coordinate} #${index + 1}`, {
        node,
        isRootField: place.length === 2 && rootTypes.includes(nameOf(place[0])),
        isOnly: guards.length === 1,
      });
    },
  });
  return print(changed);
}

const directivesAmong = (siblings: unknown, directive: string): readonly unknown[] =>
  Array.isArray(siblings) ? siblings.filter((each) => each.name?.value === directive) : [];

/** A schema coordinate, from the nodes around a directive: type, member, argument. */
function toCoordinate([type, member, argument]: readonly ASTNode[]): string {
  const coordinate = [type, member]
    .filter((node) => node !== undefined)
    .map(nameOf)
    .join('.');
  return argument === undefined ? coordinate : `${coordinate}(${nameOf(argument)}:)`;
}

const nameOf = (node: ASTNode | undefined): string =>
  node !== undefined && 'name' in node && node.name !== undefined && 'value' in node.name
    ? String(node.name.value)
    : '';
