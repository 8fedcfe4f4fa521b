import type { ASTNode, ConstDirectiveNode, DirectiveNode } from 'graphql';
import { Kind, parse, print, visit } from 'graphql';

/** Where a guard stands: `User.email`; the second one on the same element is `User.email #2`. */
type GuardName = string;

const rootTypes: readonly string[] = ['Query', 'Mutation', 'Subscription'];

/** Every `@auth` that stands in the SDL, in its order. Read from the text alone, not by the product. */
export function findGuards(typeDefs: readonly string[]): readonly GuardName[] {
  const found: GuardName[] = [];
  for (const text of typeDefs) {
    visitGuards(text, (name) => {
      found.push(name);
      return undefined;
    });
  }
  return found;
}

/** The SDL without one guard. A root field without any guard left becomes `@public`: it must say so. */
export function removeGuard(typeDefs: readonly string[], guard: GuardName): readonly string[] {
  return typeDefs.map((text) =>
    visitGuards(text, (name, { isRootField, isOnly }) => {
      if (name !== guard) return undefined;
      return isRootField && isOnly ? publicDirective : null;
    }),
  );
}

interface GuardPlace {
  readonly isRootField: boolean;
  readonly isOnly: boolean;
}

const publicDirective: ConstDirectiveNode = {
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: 'public' },
};

/** Calls `change` for each `@auth`; what it returns takes its place, and null removes it. */
function visitGuards(
  text: string,
  change: (name: GuardName, place: GuardPlace) => DirectiveNode | null | undefined,
): string {
  const changed = visit(parse(text), {
    Directive(node, _key, siblings, _path, ancestors) {
      if (node.name.value !== 'auth') return undefined;
      const guards = guardsAmong(siblings);
      const names = ancestors.flatMap((ancestor) => ('kind' in ancestor ? [ancestor] : []));
      const place = names.filter(({ kind }) => kind !== Kind.DOCUMENT);
      const index = guards.indexOf(node);
      const coordinate = toCoordinate(place);
      return change(index === 0 ? coordinate : `${coordinate} #${index + 1}`, {
        isRootField: place.length === 2 && rootTypes.includes(nameOf(place[0])),
        isOnly: guards.length === 1,
      });
    },
  });
  return print(changed);
}

const guardsAmong = (siblings: unknown): readonly unknown[] =>
  Array.isArray(siblings) ? siblings.filter((each) => each.name?.value === 'auth') : [];

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
