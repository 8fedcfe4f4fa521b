import { type DocumentNode, parse } from 'graphql';
import type { Choices } from './generators.ts';
import {
  type PartName,
  possibleOf,
  type RuledField,
  type RuledWorld,
  unionName,
} from './ruled-generators.ts';

/** One selection of an operation. Its keys in the answer are unique. */
export type Selection =
  | { readonly kind: 'leaf'; readonly key: string; readonly name: string }
  | {
      readonly kind: 'field';
      readonly key: string;
      readonly field: RuledField;
      readonly inside: readonly Selection[];
    }
  | {
      readonly kind: 'part';
      readonly key: string;
      readonly name: PartName;
      readonly inside: readonly Selection[];
    }
  | {
      readonly kind: 'fragment';
      /** The type condition. Undefined: none. */
      readonly on: string | undefined;
      readonly isNamed: boolean;
      readonly inside: readonly Selection[];
    }
  | { readonly kind: 'skipped'; readonly how: string; readonly inside: Selection };

export interface RuledOperation {
  /** The root type. */
  readonly root: 'Query' | 'Mutation';
  readonly selections: readonly Selection[];
  readonly text: string;
  /** One for all viewers, so that what is compiled for one is used for the next. */
  readonly document: DocumentNode;
  readonly operationName: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const maxDepth = 4;

/** Draws an operation on a world. */
export function drawOperation(world: RuledWorld, choices: Choices): RuledOperation {
  let keys = 0;
  const key = () => {
    keys += 1;
    return `k${keys}`;
  };
  const fieldsOf = (name: string) => world.types.find((each) => each.name === name)?.fields ?? [];

  function fragment(on: string, inside: readonly Selection[]): Selection {
    const isBare = choices.rarely(4);
    return {
      kind: 'fragment',
      on: isBare ? undefined : on,
      isNamed: !isBare && choices.rarely(3),
      inside,
    };
  }

  const maybeSkipped = (inside: Selection): Selection =>
    choices.rarely(8)
      ? {
          kind: 'skipped',
          how: choices.oneOf(['@skip(if: $t)', '@include(if: $f)', '@skip(if: true)']),
          inside,
        }
      : inside;

  const leaf = (name: string): Selection => ({ kind: 'leaf', key: key(), name });

  function select(of: string, depth: number): readonly Selection[] {
    const typename = leaf('__typename');
    if (choices.rarely(4)) return [typename];
    const own = of === unionName ? [] : fieldsOf(of);
    const fields = own.filter(() => depth < maxDepth && !choices.rarely(3));
    const selected = [
      ...(of === unionName ? [typename] : [leaf('id')]),
      ...(choices.rarely(3) ? [typename] : []),
      ...(world.isPlain && choices.rarely(2) ? [leaf('own')] : []),
      ...fields.map((field) => toField(field, depth)),
    ].filter((each, index, all) => all.indexOf(each) === index);
    const members = possibleOf(world, of).filter((name) => name !== of && choices.rarely(2));
    const fragments = members.map(
      (name): Selection => ({
        kind: 'fragment',
        on: name,
        isNamed: choices.rarely(3),
        inside: [leaf('tag'), ...select(name, depth + 1)],
      }),
    );
    const all = [...selected.map(maybeSkipped), ...fragments];
    return choices.rarely(5) ? [fragment(of, all)] : all;
  }

  function toField(field: RuledField, depth: number): Selection {
    const inside =
      field.shape === 'connection' ? selectPage(field, depth + 1) : select(field.of, depth + 1);
    return { kind: 'field', key: key(), field, inside };
  }

  function selectPage({ of }: RuledField, depth: number): readonly Selection[] {
    const part = (name: PartName, inside = select(of, depth)): Selection => ({
      kind: 'part',
      key: key(),
      name,
      inside,
    });
    const holding = (name: string, part: () => Selection): readonly Selection[] => [
      leaf(name),
      ...(choices.rarely(5) ? [] : [part()]),
    ];
    return [
      leaf('total'),
      ...(choices.rarely(2)
        ? [
            part(
              'edges',
              holding('key', () => part('node')),
            ),
          ]
        : []),
      ...(choices.rarely(2) ? [part('nodes')] : []),
      ...(world.isPlain && choices.rarely(2)
        ? [
            part(
              'groups',
              holding('tag', () => part('rows')),
            ),
          ]
        : []),
    ];
  }

  const root = choices.rarely(5) ? 'Mutation' : 'Query';
  const roots = root === 'Query' ? world.query : world.mutation;
  const drawn = roots.filter(() => choices.rarely(2));
  const chosen = drawn.length > 0 ? drawn : roots.slice(0, 1);
  const again = choices.rarely(4) ? chosen.slice(0, 1) : [];
  const selections = [...chosen, ...again].map((field) => toField(field, 1));
  const text = toText(root, selections);
  const document = parse(text);
  return { root, selections, text, document, operationName: 'O', variables: { t: true } };
}

const givenArguments = {
  first: '(first: 9)',
  cursor: '(cursor: "c")',
  ids: '(ids: ["1", "2"])',
  flag: '(flag: true)',
} as const;

function toText(root: RuledOperation['root'], selections: readonly Selection[]): string {
  const named: string[] = [];

  function text(selection: Selection, suffix = ''): string {
    if (selection.kind === 'skipped') return text(selection.inside, ` ${selection.how}`);
    if (selection.kind === 'fragment') {
      const inside = `{ ${selection.inside.map((each) => text(each)).join(' ')} }`;
      const condition = selection.on === undefined ? '' : `on ${selection.on}`;
      if (!selection.isNamed) return `... ${condition}${suffix} ${inside}`;
      named.push(`fragment F${named.length} ${condition} ${inside}`);
      return `...F${named.length - 1}${suffix}`;
    }
    if (selection.kind !== 'field' && selection.kind !== 'part') {
      return `${selection.key}: ${selection.name}${suffix}`;
    }
    const inside = `{ ${selection.inside.map((each) => text(each)).join(' ')} }`;
    const name = selection.kind === 'part' ? selection.name : selection.field.name;
    const argument = selection.kind === 'part' ? undefined : selection.field.argument;
    const given = argument === undefined ? '' : givenArguments[argument];
    return `${selection.key}: ${name}${given}${suffix} ${inside}`;
  }

  const inside = selections.map((each) => text(each)).join(' ');
  return `${root.toLowerCase()} O ($t: Boolean!, $f: Boolean! = false) { ${inside} } ${named.join(' ')}`;
}
