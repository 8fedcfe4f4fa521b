import {
  createAuthorization,
  decide as decideAt,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import {
  createFindRule,
  decideOperation,
  decideRequirement,
} from '@graphql-gatehouse/authorization/decision';
import { compileGuards, compileNeeds, compileRules } from '@graphql-gatehouse/authorization/rules';
import { buildSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import {
  compileGroupAdmission,
  decideByGroups,
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
    const decision = decideByGroups(of, viewer);
    expect(decision.outcome).toBe(outcome);
    expect(narrowingClauses(of, viewer)).toEqual(left);
    if (decision.outcome === 'narrowed') expect(decision.clauses).toEqual(left);
    if (decision.outcome === 'depends') expect(decision.clauses).toEqual([self]);
    expect(compileGroupAdmission(of)(viewer)).toBe(outcome === 'allowed');
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
    page: Rooms @auth(requires: [ADMIN], rows: [SELF])
    either: [Room] @auth(rows: [SELF, BOSS])
    open: [Room] @public
    secret: Secret @auth(requires: [ADMIN])
    thing: Thing @public
  }
  type Room { id: ID, guests: [Guest] @auth(rows: [SELF]), own: ID @auth(or: [SELF]), any: ID @auth(requires: [ADMIN], or: [BOSS, SELF]) }
  type Guest { name: String, own: ID @auth(or: [SELF]) }
  type Rooms { edges: [Edge], nodes: [Room], groups: [Wing], first: Room, own: ID @auth(or: [SELF]) }
  type Edge { node: Room, own: ID @auth(or: [SELF]) }
  type Wing { rows: [Room], guests: [Guest] }
  type Secret { rooms: [Room] @auth(rows: [SELF]) }
  union Thing = House | Guest
  interface Place { rooms: [Room] }
  type House implements Place { rooms: [Room] @auth(requires: [EDITOR], rows: [SELF]) }
  union Found = Room | Guest
`;
/** Policies that refuse. */
const refusing = new Set<string>();
const rowPolicyOf = (name: string) => ({
  reads: [],
  admits: () => !refusing.has(name),
  where: () => ({}),
});

const authorization = createAuthorization<Viewer, TestContext>(buildSchema(sdl), {
  policies: { SELF: rowPolicyOf('SELF'), BOSS: rowPolicyOf('BOSS') },
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

  const rooms = ['Query.rooms'];
  it.each<{
    text: string;
    viewer?: Viewer;
    narrowed: readonly string[];
    depends: readonly string[];
  }>([
    { text: '{ rooms { own any } }', narrowed: rooms, depends: [] },
    { text: '{ rooms { guests { own } } }', narrowed: [...rooms, 'Room.guests'], depends: [] },
    { text: '{ open { own any } }', narrowed: [], depends: ['Room.own', 'Room.any'] },
    { text: '{ rooms { own } open { own } }', narrowed: rooms, depends: ['Room.own'] },
    { text: '{ either { own } }', narrowed: ['Query.either'], depends: ['Room.own'] },
    { text: '{ either { any } }', narrowed: ['Query.either'], depends: [] },
    {
      text: '{ page { edges { node { own } } nodes { own } groups { rows { own } } } }',
      narrowed: ['Query.page'],
      depends: [],
    },
    {
      text: '{ page { own edges { own } groups { guests { own } } } }',
      narrowed: ['Query.page'],
      depends: ['Rooms.own', 'Edge.own', 'Guest.own'],
    },
    {
      text: '{ page { nodes { own } } }',
      viewer: holding('ADMIN'),
      narrowed: [],
      depends: ['Room.own'],
    },
    { text: '{ rooms { any } }', viewer: holding('ADMIN'), narrowed: [], depends: [] },
  ])(
    'does not depend on a policy that has admitted the row: $text',
    async ({ text, viewer = holding(), narrowed, depends }) => {
      expect(await decided(text, viewer)).toEqual({ allowed: true, depends, narrowed });
    },
  );

  it('narrows nothing of what the viewer cannot reach', async () => {
    const text = '{ secret { rooms { id own } } rooms { id } }';
    expect(await decided(text, holding())).toEqual({
      allowed: false,
      depends: [],
      narrowed: ['Query.rooms'],
    });
    refusing.add('BOSS');
    const { allowed, narrowed } = await decided('{ both { id guests { name } } }', holding());
    refusing.clear();
    expect({ allowed, narrowed }).toEqual({ allowed: false, narrowed: [] });
  });

  it('names the field that the document selects, and no field above it', async () => {
    const text = '{ thing { ... on Place { rooms { id } } } }';
    expect(await decided(text, holding())).toMatchObject({ narrowed: ['Place.rooms'] });
    expect(await decided(text, holding('EDITOR'))).toMatchObject({ narrowed: [] });
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
    { text: '{ rooms { own any } }', viewer: holding(), outcome: 'narrowed' },
    { text: '{ rooms { own } open { own } }', viewer: holding(), outcome: 'depends' },
    { text: '{ open { own } rooms { own } }', viewer: holding(), outcome: 'depends' },
    { text: '{ page { nodes { own } } }', viewer: holding(), outcome: 'narrowed' },
    { text: '{ page { nodes { own } } }', viewer: holding('ADMIN'), outcome: 'depends' },
    { text: '{ either { own } }', viewer: holding(), outcome: 'depends' },
    {
      text: '{ found { ... on Room { guests { name } } } }',
      viewer: holding(),
      outcome: 'narrowed',
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
