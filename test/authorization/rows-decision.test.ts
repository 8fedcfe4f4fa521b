import { createAuthorization, decide as decideAt, type Viewer } from '@gatehouse/authorization';
import {
  createFindRule,
  decideOperation,
  decideRequirement,
} from '@gatehouse/authorization/decision';
import { compileGuards, compileNeeds, compileRules } from '@gatehouse/authorization/rules';
import { buildSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import {
  compileAdmission,
  decide,
  narrowingClauses,
} from '../../packages/authorization/src/decision/decision.ts';
import { implies } from '../../packages/authorization/src/requirements/requirement.ts';
import { anonymous, holding, type TestContext, withPolicies } from './fixtures.ts';

const mine = { requires: [], or: [], rows: ['SELF'] };
const editorOrMine = { requires: ['EDITOR'], or: [], rows: ['SELF', 'BOSS'] };
const impliedOrMine = { ...editorOrMine, satisfiedBy: ['EDITOR', 'ADMIN'] };
const user = { requires: ['USER'], or: [] };
const self = { requires: [], or: ['SELF'] };

describe('a clause with rows', () => {
  it.each([
    {
      title: 'asks an anonymous viewer to log in',
      of: [mine],
      viewer: anonymous,
      outcome: 'unauthenticated',
    },
    {
      title: 'narrows a viewer without groups',
      of: [mine],
      viewer: holding(),
      outcome: 'narrowed',
      left: [mine],
    },
    {
      title: 'narrows a viewer in any group, when it requires none',
      of: [mine],
      viewer: holding('ADMIN'),
      outcome: 'narrowed',
      left: [mine],
    },
    {
      title: 'leaves all rows to a viewer in its group',
      of: [editorOrMine],
      viewer: holding('EDITOR'),
      outcome: 'allowed',
    },
    {
      title: 'narrows a viewer in another group',
      of: [editorOrMine],
      viewer: holding('USER'),
      outcome: 'narrowed',
      left: [editorOrMine],
    },
    {
      title: 'leaves all rows to a viewer in a group that implies its own',
      of: [impliedOrMine],
      viewer: holding('ADMIN'),
      outcome: 'allowed',
    },
    {
      title: 'narrows beside another that leaves all',
      of: [editorOrMine, mine],
      viewer: holding('EDITOR'),
      outcome: 'narrowed',
      left: [mine],
    },
    {
      title: 'narrows after another',
      of: [editorOrMine, mine],
      viewer: holding(),
      outcome: 'narrowed',
      left: [editorOrMine, mine],
    },
    {
      title: 'does not replace the refusal of another',
      of: [mine, user],
      viewer: holding(),
      outcome: 'forbidden',
      left: [mine],
    },
    {
      title: 'narrows whom another admits',
      of: [mine, user],
      viewer: holding('USER'),
      outcome: 'narrowed',
      left: [mine],
    },
    {
      title: 'waits for the policy of another, and narrows then',
      of: [mine, self],
      viewer: holding(),
      outcome: 'depends',
      left: [mine],
    },
  ])('$title', ({ of, viewer, outcome, left = [] }) => {
    const decision = decide(of, viewer);
    expect(decision.outcome).toBe(outcome);
    expect(narrowingClauses(of, viewer)).toEqual(left);
    if (decision.outcome === 'narrowed') expect(decision.clauses).toEqual(left);
    if (decision.outcome === 'depends') expect(decision.clauses).toEqual([self]);
    expect(compileAdmission(of)(viewer)).toBe(outcome === 'allowed');
  });

  it('implies another that leaves at least the same rows to at least the same groups', () => {
    expect(implies(mine, editorOrMine)).toBe(true);
    expect(implies(editorOrMine, mine)).toBe(false);
    expect(implies(mine, user)).toBe(false);
    expect(implies(user, mine)).toBe(false);
    expect(implies({ requires: ['EDITOR'], or: [] }, editorOrMine)).toBe(true);
    expect(implies({ requires: ['EDITOR'], or: ['SELF'] }, editorOrMine)).toBe(false);
    expect(implies(mine, { requires: [], or: [] })).toBe(true);
    expect(implies({ requires: [], or: [] }, mine)).toBe(false);
  });
});

const sdl = `${withPolicies}
  type Query {
    rooms: [Room!] @auth(requires: [ADMIN], rows: [SELF])
    both: [Room!] @auth(or: [BOSS]) @auth(requires: [ADMIN], rows: [SELF])
    staff: [Room!] @auth(requires: [EDITOR]) @auth(rows: [SELF])
    found: Found @public
  }
  type Room { id: ID, guests: [Guest] @auth(rows: [SELF]) }
  type Guest { name: String }
  union Found = Room | Guest
`;
const twoFaced = { reads: [], admits: (): boolean => true, where: () => ({}) };

const authorization = createAuthorization<Viewer, TestContext>(buildSchema(sdl), {
  policies: { SELF: twoFaced, BOSS: twoFaced },
  viewerOf: ({ viewer }) => viewer,
});

async function decided(text: string, viewer: Viewer) {
  const answer = await authorization.decideOperation({
    document: parse(text),
    contextValue: { viewer },
  });
  if (answer.kind === 'invalid') throw new Error(String(answer.errors));
  const { allowed, depends, narrowed } = answer.decision;
  return { allowed, depends, narrowed };
}

describe('the decision of an operation', () => {
  it.each([
    { text: '{ rooms { id } }', viewer: holding(), narrowed: ['Query.rooms'] },
    { text: '{ rooms { id } }', viewer: holding('ADMIN'), narrowed: [] },
    {
      text: '{ rooms { guests { name } } a: rooms { id } }',
      viewer: holding(),
      narrowed: ['Query.rooms', 'Room.guests'],
    },
    { text: '{ both { id } }', viewer: holding(), narrowed: ['Query.both'] },
    { text: '{ rooms @skip(if: true) { id } __typename }', viewer: holding(), narrowed: [] },
  ])('lists what is narrowed in $text', async ({ text, viewer, narrowed }) => {
    expect(await decided(text, viewer)).toEqual({ allowed: true, depends: [], narrowed });
  });

  it('lists what a value of a named run-time type would narrow, which can deny nothing', async () => {
    const text = '{ found { ... on Room { guests { name } } } }';
    expect(await decided(text, holding())).toEqual({
      allowed: true,
      depends: [],
      narrowed: ['Room.guests'],
    });
  });

  it('narrows nothing of an anonymous viewer, whom it refuses', async () => {
    expect(await decided('{ rooms { id } }', anonymous)).toEqual({
      allowed: false,
      depends: [],
      narrowed: [],
    });
  });

  it('refuses for another clause what is narrowed too', async () => {
    expect(await decided('{ staff { id } }', holding())).toEqual({
      allowed: false,
      depends: [],
      narrowed: [],
    });
    expect(await decided('{ staff { id } }', holding('EDITOR'))).toMatchObject({ allowed: true });
  });

  it.each([
    { text: '{ rooms { id } }', viewer: anonymous, denied: ['Query.rooms'] },
    { text: '{ rooms { id guests { name } } }', viewer: holding(), denied: [] },
    { text: '{ staff { id } }', viewer: holding(), denied: ['Query.staff'] },
  ])('is the same before $text runs', async ({ text, viewer, denied }) => {
    const denials = await authorization.authorizeOperation({
      document: parse(text),
      contextValue: { viewer },
    });
    expect(denials.map(({ denial }) => denial.coordinate)).toEqual(denied);
  });
});

describe('the decision of a coordinate', () => {
  const schema = buildSchema(sdl);

  it('is narrowed for viewers outside the groups', () => {
    expect(decideAt(schema, 'Query.rooms', holding())).toEqual({
      outcome: 'narrowed',
      clauses: [{ requires: ['ADMIN'], or: [], rows: ['SELF'] }],
    });
    expect(decideAt(schema, 'Query.rooms', holding('ADMIN'))).toEqual({ outcome: 'allowed' });
  });
});

describe('the decision of a front end', () => {
  const guards = compileGuards(buildSchema(sdl));
  const find = createFindRule(compileRules(guards));

  it.each([
    { text: '{ rooms { id } }', viewer: holding(), outcome: 'narrowed' },
    { text: '{ rooms { id } }', viewer: holding('ADMIN'), outcome: 'allowed' },
    { text: '{ rooms { id } }', viewer: anonymous, outcome: 'denied' },
    { text: '{ both { id } }', viewer: holding(), outcome: 'depends' },
    { text: '{ rooms { id } both { id } }', viewer: holding(), outcome: 'depends' },
    { text: '{ both { id } rooms { id } }', viewer: holding(), outcome: 'depends' },
    { text: '{ rooms { id } staff { id } }', viewer: holding(), outcome: 'denied' },
    {
      text: '{ found { ... on Room { guests { name } } } }',
      viewer: holding(),
      outcome: 'depends',
    },
  ])('is $outcome for $text', ({ text, viewer, outcome }) => {
    const needs = compileNeeds(guards, parse(text));
    if (needs === undefined) throw new Error('There is no operation.');
    expect(decideOperation({ ...needs, find, variables: {} }, viewer)).toBe(outcome);
  });

  it('is narrowed for the coordinate', () => {
    const rule = find('Room.guests');
    expect(decideRequirement(rule?.requirement ?? [], holding())).toBe('narrowed');
  });
});
