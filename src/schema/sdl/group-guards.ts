import {
  type ConstDirectiveNode,
  type DocumentNode,
  type EnumTypeDefinitionNode,
  type EnumTypeExtensionNode,
  Kind,
  visit,
} from 'graphql';
import type { Groups } from '../../values/groups.ts';
import { enumValueNodes } from './type-defs.ts';

/** How long a proof is fresh enough to grant a group that is worth more than others. */
const freshSeconds = 900;

/**
 * Gives each group the guards of the groups that it implies: who grants it grants these too. Groups in `fresh` are
 * granted only after a fresh proof.
 */
export function guardGroups(
  documents: readonly DocumentNode[],
  groups: Pick<Groups, 'inEffect'>,
  fresh: ReadonlySet<string>,
): readonly DocumentNode[] {
  const own = new Map(
    enumValueNodes(documents, 'Group').map(({ name, directives = [] }) => [
      name.value,
      [
        ...directives.filter((each) => each.name.value === 'auth'),
        ...(fresh.has(name.value) ? [afterFreshProof] : []),
      ],
    ]),
  );
  const guardsOf = (name: string): readonly ConstDirectiveNode[] => [
    ...(fresh.has(name) ? [afterFreshProof] : []),
    ...groups
      .inEffect([name])
      .filter((implied) => implied !== name)
      .flatMap((implied) => own.get(implied) ?? []),
  ];
  const withGuards = <Node extends EnumTypeDefinitionNode | EnumTypeExtensionNode>(
    node: Node,
  ): Node | undefined =>
    node.name.value === 'Group'
      ? {
          ...node,
          values: (node.values ?? []).map((value) => ({
            ...value,
            directives: [...(value.directives ?? []), ...guardsOf(value.name.value)],
          })),
        }
      : undefined;
  return documents.map((document) =>
    visit(document, { EnumTypeDefinition: withGuards, EnumTypeExtension: withGuards }),
  );
}

/** `@auth(maxAge: 900, readable: true)`. */
const afterFreshProof: ConstDirectiveNode = {
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: 'auth' },
  arguments: [
    {
      kind: Kind.ARGUMENT,
      name: { kind: Kind.NAME, value: 'maxAge' },
      value: { kind: Kind.INT, value: String(freshSeconds) },
    },
    {
      kind: Kind.ARGUMENT,
      name: { kind: Kind.NAME, value: 'readable' },
      value: { kind: Kind.BOOLEAN, value: true },
    },
  ],
};
