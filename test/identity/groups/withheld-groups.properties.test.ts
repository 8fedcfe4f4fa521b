import type { Viewer } from '@graphql-gatehouse/authorization';
import { createFindRule, decideRequirement } from '@graphql-gatehouse/authorization/decision';
import { printFederationSchema } from '@graphql-gatehouse/authorization/reports';
import { compileRules } from '@graphql-gatehouse/authorization/rules';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createHeldGroups } from '../../../src/identity/groups/held-groups.ts';
import type { AuthenticationTimes } from '../../../src/values/factor.ts';
import { createGroups } from '../../../src/values/groups.ts';
import { ask, guard, runAlone } from '../../authorization/fixtures.ts';
import { forAll } from '../../authorization/property-run.ts';
import { factorTable } from '../../support/factor-table.ts';
import {
  groupNames,
  groupValues,
  type HoldingCase,
  holdingCases,
  type Implied,
  implications,
  oracleOf,
} from '../../support/implying-groups.ts';

const at = new Date('2026-05-01T12:00:00Z');
const dayMs = 86_400_000;

/** By how many kinds of factors were proved. */
const timesOf: Readonly<Record<HoldingCase['kinds'], AuthenticationTimes>> = {
  0: {},
  1: { PASSWORD: at },
  2: { PASSWORD: at, OTP: at },
};

/** The viewer that Gatehouse reads. */
function viewerOf(implied: Implied, { granted, demands, kinds }: HoldingCase): Viewer {
  const groups = createGroups(groupNames, new Map(Object.entries(implied)));
  const demanded = demands.map(({ group, factors, graceDays }) => {
    const countsFrom = (grantedAt: Date) => new Date(grantedAt.getTime() + graceDays * dayMs);
    return [group, { factors, countsFrom }] as const;
  });
  const { of } = createHeldGroups({
    factors: factorTable,
    groups,
    rules: [{ demands: () => new Map(demanded) }],
  });
  const grants = granted.map(({ group, daysAgo }) => ({
    group,
    grantedAt: new Date(at.getTime() - daysAgo * dayMs),
  }));
  const { groups: held, withheld, factors } = of(grants, timesOf[kinds], at);
  return {
    isAuthenticated: true,
    groups: new Set(held),
    authenticatedAt: timesOf[kinds],
    ...(withheld.size === 0 ? {} : { withheld: { groups: withheld, factors, mustEnrol: false } }),
  };
}

/** For each group: a field, rows and a value that it guards. */
const guardWorld = (implied: Implied) => {
  const guarded = guard(
    `directive @auth(requires: [Group!], or: [Policy!], rows: [Policy!], readable: Boolean, maxAge: Int, factors: Int)
       repeatable on OBJECT | FIELD_DEFINITION | ARGUMENT_DEFINITION | ENUM_VALUE
     directive @public on FIELD_DEFINITION
     directive @implies(groups: [Group!]!) on ENUM_VALUE
     enum Policy { NONE }
     enum Group { ${groupValues(implied)} }
     enum Value { ${groupNames.map((name) => `V${name} @auth(requires: [${name}])`).join(' ')} }
     ${groupNames.map((name) => `type T${name} @auth(requires: [${name}], rows: [NONE]) { n: Int }`).join('\n')}
     type Query {
       value(of: Value): Int @auth
       ${groupNames.map((name) => `f${name}: Int @auth(requires: [${name}]) r${name}: [T${name}!]! @auth`).join('\n')}
     }`,
    {
      policies: { NONE: { reads: [], admits: () => false, where: () => ({ n: 0 }) } },
      resolvers: {
        Query: Object.fromEntries(groupNames.map((name) => [`r${name}`, () => [{ n: 1 }]])),
      },
    },
  );
  return { ...guarded, implied };
};

type World = ReturnType<typeof guardWorld>;
type OpenTo = (world: World, viewer: Viewer) => Promise<readonly string[]> | readonly string[];

/** One operation for each group: a 403 would leave a 401 of the same operation out. */
const opened =
  (
    isOpen: (world: World, text: string, viewer: Viewer) => Promise<boolean>,
    textFor: TextFor,
  ): OpenTo =>
  async (world, viewer) => {
    const results = await Promise.all(
      groupNames.map((name) => isOpen(world, `{ ${textFor(name)} }`, viewer)),
    );
    return groupNames.filter((_name, index) => results[index]);
  };
type TextFor = (name: string) => string;

const isAdmitted = async (world: World, text: string, viewer: Viewer) =>
  (await ask(world, text, { viewer })).length === 0;

/** Each door by the groups that it opens to a viewer. */
const doors: Readonly<Record<string, OpenTo>> = {
  'guards before the run': opened(isAdmitted, (name) => `f${name}`),
  'values of arguments': opened(isAdmitted, (name) => `value(of: V${name})`),
  'guards of fields': opened(
    async (world, text, viewer) => (await runAlone(world, text, { viewer })).denied.length === 0,
    (name) => `f${name}`,
  ),
  async rows(world, viewer) {
    const text = `{ ${groupNames.map((name) => `r${name} { n }`).join(' ')} }`;
    const { data } = await runAlone(world, text, { viewer });
    return groupNames.filter((name) => data[`r${name}`].length > 0);
  },
  'the visible schema'(world, viewer) {
    const fields = world.visibleTo(viewer).getQueryType()?.getFields() ?? {};
    return groupNames.filter((name) => `f${name}` in fields);
  },
  access: (world, viewer) =>
    groupNames.filter((name) => world.accessOf(viewer).includes(`Query.f${name}`)),
  can({ source, requirements }, viewer) {
    const find = createFindRule(compileRules({ schema: source, requirements }));
    const isAllowed = (name: string) =>
      decideRequirement(find(`Query.f${name}`)?.requirement ?? [], viewer, at) === 'allowed';
    return groupNames.filter(isAllowed);
  },
  'scopes of a router'({ source, requirements }, viewer) {
    const printed = printFederationSchema(source, requirements);
    const scopes = viewer.isAuthenticated ? viewer.groups : new Set();
    const isOpen = (name: string): boolean => {
      const [, alternatives] =
        new RegExp(`f${name}: Int @requiresScopes\\(scopes: (\\[\\[.*?\\]\\])\\)`).exec(printed) ??
        [];
      const parsed: readonly (readonly string[])[] = JSON.parse(alternatives ?? '');
      return parsed.some((all) => all.every((scope) => scopes.has(scope)));
    };
    return groupNames.filter(isOpen);
  },
  'claims that their reader closes over'({ implied }, viewer) {
    const { inEffect } = createGroups(groupNames, new Map(Object.entries(implied)));
    return viewer.isAuthenticated ? inEffect(viewer.groups) : [];
  },
};

const cases = fc.tuple(
  implications,
  fc.array(holdingCases([0, 1, 2]), { minLength: 6, maxLength: 6 }),
);

it('the groups of a session open every door that they should, and no other', async () => {
  const tally = { withheld: 0 };
  await forAll({
    file: 'test/identity/groups/withheld-groups.properties.test.ts',
    arbitrary: cases,
    numRuns: 25,
    async check([implied, holdings]) {
      const world = guardWorld(implied);
      const { inEffect } = createGroups(groupNames, new Map(Object.entries(implied)));
      for (const holding of holdings) {
        const viewer = viewerOf(implied, holding);
        const expected = oracleOf(implied, holding);
        if (expected.length < inEffect(holding.granted.map(({ group }) => group)).length)
          tally.withheld += 1;
        for (const [door, openTo] of Object.entries(doors)) {
          const opened = await openTo(world, viewer);
          expect({ door, opened }).toEqual({ door, opened: expected });
        }
      }
      return undefined;
    },
    tally,
    isEnough: () => tally.withheld > 25,
  });
});
