import SchemaBuilder from '@pothos/core';
import DirectivesPlugin from '@pothos/plugin-directives';
import {
  DirectiveLocation,
  GraphQLDirective,
  GraphQLEnumType,
  GraphQLList,
  GraphQLNonNull,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { ask, guardBuilt, holding, offencesOfBuilt, runAlone } from './fixtures.ts';

const Group = new GraphQLEnumType({ name: 'Group', values: { ADMIN: {}, EDITOR: {} } });
const places = [
  DirectiveLocation.OBJECT,
  DirectiveLocation.FIELD_DEFINITION,
  DirectiveLocation.ARGUMENT_DEFINITION,
];
const directives = [
  new GraphQLDirective({
    name: 'auth',
    isRepeatable: true,
    locations: places,
    args: { requires: { type: new GraphQLList(new GraphQLNonNull(Group)) } },
  }),
  new GraphQLDirective({ name: 'public', locations: [DirectiveLocation.FIELD_DEFINITION] }),
];

interface Types {
  readonly Directives: {
    auth: {
      locations: 'OBJECT' | 'FIELD_DEFINITION' | 'ARGUMENT_DEFINITION';
      args: { requires?: string[] };
    };
    public: { locations: 'FIELD_DEFINITION'; args: Record<string, unknown> };
  };
}

function build(options: { readonly useGraphQLToolsUnorderedDirectives?: true }) {
  const builder = new SchemaBuilder<Types>({ plugins: [DirectivesPlugin], directives: options });
  const vault = builder.objectRef<{ readonly id: number }>('Vault').implement({
    directives: { auth: { requires: ['ADMIN'] } },
    fields: (t) => ({ id: t.exposeInt('id') }),
  });
  builder.queryType({
    fields: (t) => ({
      open: t.string({
        directives: [{ name: 'public', args: {} }],
        args: { all: t.arg.boolean({ directives: { auth: { requires: ['ADMIN'] } } }) },
        resolve: () => 'open',
      }),
      edited: t.string({
        directives: [
          { name: 'auth', args: { requires: ['EDITOR'] } },
          { name: 'auth', args: { requires: ['ADMIN'] } },
        ],
        resolve: () => 'edited',
      }),
      vault: t.field({ type: vault, directives: { public: {} }, resolve: () => ({ id: 1 }) }),
    }),
  });
  return builder.toSchema({ directives });
}

describe('a schema of Pothos', () => {
  const authorization = guardBuilt(build({ useGraphQLToolsUnorderedDirectives: true }));
  const query = '{ open edited vault { id } }';

  it.each([
    { groups: [], denied: ['Query.edited at edited', 'Query.vault at vault'] },
    { groups: ['EDITOR'], denied: ['Query.edited at edited', 'Query.vault at vault'] },
    { groups: ['ADMIN'], denied: ['Query.edited at edited'] },
    { groups: ['ADMIN', 'EDITOR'], denied: [] },
  ])('is guarded for $groups', async ({ groups, denied }) => {
    const viewer = holding(...groups);
    expect((await runAlone(authorization, query, { viewer })).denied).toEqual(denied);
  });

  it('has guarded arguments', async () => {
    expect(await ask(authorization, '{ open(all: true) }', { viewer: holding() })).toEqual([
      'Query.open(all:) at open',
    ]);
  });

  it('is refused in the default format of its plugin, with the option to set', () => {
    const problem =
      'extensions.directives is a list: make it an object by directive name' +
      ' (in @pothos/plugin-directives, set useGraphQLToolsUnorderedDirectives)';
    expect(offencesOfBuilt(build({}))).toEqual(
      ['Query.edited', 'Query.open', 'Query.open(all:)', 'Query.vault', 'Vault'].map(
        (coordinate) => `${coordinate}: ${problem}`,
      ),
    );
  });
});
