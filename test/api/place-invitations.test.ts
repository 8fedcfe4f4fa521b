import { defineDomain } from 'graphql-gatehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  fillOrganizations,
  type Organizations,
  type Person,
  startOrganizations,
} from '../support/organizations/world.ts';

/** A group that only accountants give. */
const audits = defineDomain({
  name: 'audits',
  typeDefs: `
    extend enum Group {
      CHAIR @within(type: "Organization") @implies(groups: [MEMBER, CONTROLLER]) @grants(groups: [MEMBER, CONTROLLER])
      CONTROLLER @within(type: "Organization") @auth(requires: [ACCOUNTANT])
    }
  `,
});

let world: Organizations;
let filled: Awaited<ReturnType<typeof fillOrganizations>>;
beforeAll(async () => {
  world = await startOrganizations({ domains: [audits] });
  filled = await fillOrganizations(world);
});
afterAll(() => world.close());

type Answer = Awaited<ReturnType<Organizations['ask']>>;
const said = ({ status, code, reason }: Answer) =>
  [status, code, reason].filter((each) => each !== undefined).join(' ');

interface Offer {
  readonly by?: Person;
  readonly within?: string;
  readonly groups?: string;
  readonly until?: Date;
}

const invite = ({
  by = filled.ownerA,
  within = filled.a.id,
  groups = '[MEMBER]',
  until,
}: Offer = {}) => {
  const ending = until === undefined ? '' : `, expiresAt: "${until.toISOString()}"`;
  const call = `inviteTo(within: "${within}", groups: ${groups}${ending}) { id code expiresAt }`;
  return world.ask(`mutation { ${call} }`, by);
};

/** An invitation that was made. */
async function made(offer: Offer = {}): Promise<{ readonly id: string; readonly code: string }> {
  const answer = await invite(offer);
  expect(said(answer)).toBe('200');
  return answer.data.inviteTo;
}

const join = (code: string, person: Person, node?: string) =>
  world.ask(`mutation { joinByCode(code: "${code}") { type id groups } }`, person, {
    ...(node === undefined ? {} : { node }),
  });
const groupsIn = async (id: string, person: Person, type = 'Organization') =>
  (await world.heldIn(type, id))
    .filter((held) => held.startsWith(person.id))
    .map((held) => held.replace(`${person.id} `, ''));

const cannotBeUsed = '400 BAD_USER_INPUT';
const hourMs = 60 * 60 * 1000;

/** A new owner of A. */
async function newOwner(expiresAt?: Date) {
  const owner = await world.person();
  const held = { group: 'OWNER', type: 'Organization', id: filled.a.id };
  await world.hold(owner, expiresAt === undefined ? held : { ...held, expiresAt });
  return owner;
}

describe('an invitation into a place', () => {
  it('gives its groups to the first other user who has its code', async () => {
    const { a, ownerA } = filled;
    const { code } = await made({ groups: '[MEMBER, BILLING, MEMBER]' });
    expect(said(await join(code, ownerA))).toBe(cannotBeUsed);
    const [first, second] = [await world.person(), await world.person()];
    const { data } = await join(code, first);
    expect(data.joinByCode).toEqual({
      type: 'Organization',
      id: a.id,
      groups: ['MEMBER', 'BILLING'],
    });
    expect(await groupsIn(a.id, first)).toEqual(['BILLING', 'MEMBER']);
    expect(said(await join(code, second))).toBe(cannotBeUsed);
    expect(said(await join(code, first))).toBe(cannotBeUsed);
    expect(await groupsIn(a.id, second)).toEqual([]);
  });

  it('is used once, however many use it at the same time on however many nodes', async () => {
    const { code } = await made();
    const people = await Promise.all(Array.from({ length: 6 }, () => world.person()));
    const answers = await Promise.all(
      people.map((person, round) => join(code, person, world.nodeOf(round))),
    );
    expect(answers.map(said).sort()).toEqual([
      '200',
      ...Array.from({ length: 5 }, () => cannotBeUsed),
    ]);
    const held = await Promise.all(people.map((person) => groupsIn(filled.a.id, person)));
    expect(held.flat()).toEqual(['MEMBER']);
  });

  it('into a project is made by an owner of its organization', async () => {
    const { a, b, ownerA } = filled;
    const { code } = await made({ within: a.project.id, groups: '[EDITOR]' });
    const person = await world.person();
    expect(said(await join(code, person))).toBe('200');
    expect(await groupsIn(a.project.id, person, 'Project')).toEqual(['EDITOR']);
    const other = { by: ownerA, within: b.project.id, groups: '[EDITOR]' };
    expect(said(await invite(other))).toBe('403 FORBIDDEN POLICY_DENIED');
  });

  it('keeps for how long something is held that does not end before it', async () => {
    const { a } = filled;
    const until = new Date(Date.now() + hourMs);
    const person = await world.person();
    await world.hold(person, { group: 'MEMBER', type: 'Organization', id: a.id });
    const { code } = await made({ groups: '[MEMBER, BILLING]', until });
    expect(said(await join(code, person))).toBe('200');
    const rows = await world.db.$queryRaw`
      SELECT "group", expires_at AS until FROM gatehouse.place_memberships
      WHERE user_id = ${person.id}::uuid ORDER BY 1`;
    expect(rows).toEqual([
      { group: 'BILLING', until },
      { group: 'MEMBER', until: null },
    ]);
  });

  it('leaves its code nowhere', async () => {
    const { id, code } = await made();
    const [log] = await world.db.$queryRaw<{ readonly text: string }[]>`
      SELECT string_agg(event::text, ' ') AS text FROM gatehouse.audit_events AS event`;
    const [row] = await world.db.$queryRaw<{ readonly text: string }[]>`
      SELECT invitation::text AS text FROM gatehouse.place_invitations AS invitation WHERE id = ${id}::uuid`;
    expect(log?.text).toContain('place.invited');
    for (const text of [log?.text, row?.text]) expect(text).not.toContain(code);
    expect(row?.text).not.toContain(Buffer.from(code, 'base64url').toString('hex'));
  });
});

describe('a code cannot be used, with the same answer,', () => {
  const ends: Readonly<
    Record<string, (made: { readonly id: string; readonly owner: Person }) => Promise<unknown>>
  > = {
    'when it has expired': ({ id }) => world.db.$executeRaw`
      UPDATE gatehouse.place_invitations SET created_at = created_at - interval '7 days',
        expires_at = now() - interval '1 second' WHERE id = ${id}::uuid`,
    'when it was cancelled': ({ id, owner }) => cancel(id, owner),
    'when its maker lost the right': ({ owner }) => loseRight(owner),
    'when its maker lost the right and has it again': async ({ owner }) => {
      await loseRight(owner);
      await world.hold(owner, { group: 'OWNER', type: 'Organization', id: filled.a.id });
    },
    'when the right of its maker ends': ({ owner }) => world.db.$executeRaw`
      UPDATE gatehouse.place_memberships SET expires_at = now() + interval '1 hour'
      WHERE user_id = ${owner.id}::uuid`,
    'when its maker is disabled': ({ owner }) => disable(owner),
    'when its maker was disabled': async ({ owner }) => {
      await disable(owner);
      const enabling = `mutation { enableUser(id: "${owner.id}") { id } }`;
      expect(said(await world.ask(enabling, filled.admin))).toBe('200');
    },
    'when its maker was deleted': ({ owner }) =>
      world.ask(`mutation { deleteUser(id: "${owner.id}") }`, filled.admin),
  };
  const loseRight = ({ id }: Person) =>
    world.ask(
      `mutation { revokeGroup(userId: "${id}", group: OWNER, within: "${filled.a.id}") { id } }`,
      filled.ownerA,
    );
  const disable = ({ id }: Person) =>
    world.ask(`mutation { disableUser(id: "${id}") { id } }`, filled.admin);

  it.each(Object.keys(ends))('%s', async (how) => {
    const owner = await newOwner();
    const { id, code } = await made({ by: owner });
    await ends[how]?.({ id, owner });
    const person = await world.person();
    const [answer, wrong] = [await join(code, person), await join('a', person)];
    expect(said(answer)).toBe(cannotBeUsed);
    expect(answer.errors).toEqual(wrong.errors);
    expect(await groupsIn(filled.a.id, person)).toEqual([]);
  });

  it('when its place has ended, or its row is gone', async () => {
    const { admin } = filled;
    const maker = await world.person();
    const make = async () => {
      const { data } = await world.ask('mutation { createOrganization(name: "C") { id } }', maker);
      return data.createOrganization.id;
    };
    const [ended, gone, kept] = [await make(), await make(), await make()];
    const codes = [
      await made({ by: maker, within: ended }),
      await made({ by: admin, within: ended }),
      await made({ by: maker, within: gone }),
      await made({ by: admin, within: kept }),
    ];
    await world.ask(`mutation { deleteOrganization(id: "${ended}") }`, maker);
    await world.db.organization.delete({ where: { id: gone } });
    await world.db.$executeRaw`SELECT gatehouse.remove_place('Organization', ${kept})::text`;
    const person = await world.person();
    for (const { code } of codes) expect(said(await join(code, person))).toBe(cannotBeUsed);
  });

  it('when an administrator made it who no longer is one', async () => {
    const { a, admin } = filled;
    const former = await world.person('ADMIN');
    const { code } = await made({ by: former });
    await world.ask(`mutation { revokeGroup(userId: "${former.id}", group: ADMIN) { id } }`, admin);
    const person = await world.person();
    expect(said(await join(code, person))).toBe(cannotBeUsed);
    const { code: valid } = await made({ by: admin });
    expect(said(await join(valid, person))).toBe('200');
    expect(await groupsIn(a.id, person)).toEqual(['MEMBER']);
  });

  it('when its maker may give one of its groups no more', async () => {
    const { a, admin, ownerA } = filled;
    const chair = await world.person('ACCOUNTANT');
    await world.hold(chair, { group: 'CHAIR', type: 'Organization', id: a.id });
    const both = { by: chair, groups: '[MEMBER, CONTROLLER]' };
    const [first, second] = [await made(both), await made(both)];
    const person = await world.person();
    // The names of such groups are shown to accountants alone.
    await join(first.code, person);
    expect(await groupsIn(a.id, person)).toEqual(['CONTROLLER', 'MEMBER']);
    const revoking = `mutation { revokeGroup(userId: "${chair.id}", group: ACCOUNTANT) { id } }`;
    expect(said(await world.ask(revoking, admin))).toBe('200');
    expect(said(await join(second.code, await world.person()))).toBe(cannotBeUsed);
    expect((await cancel(second.id, ownerA)).data.cancelPlaceInvitation).toBe(true);
    expect(said(await invite(both))).toMatch(/^403 FORBIDDEN/);
    expect(said(await invite({ by: chair }))).toBe('200');
  });

  it('by who is not a user, or not logged in', async () => {
    const { code } = await made();
    const created = await world.ask(
      'mutation { createApiClient(name: "P", groups: []) { client { id } secret } }',
      filled.admin,
    );
    const { client, secret } = created.data.createApiClient;
    const program = { id: client.id, accessToken: secret };
    expect(said(await join(code, program))).toBe('403 FORBIDDEN POLICY_DENIED');
    expect(said(await world.ask(`mutation { joinByCode(code: "${code}") { id } }`))).toMatch(
      /^401/,
    );
    expect(said(await join(code, await world.person()))).toBe('200');
  });
});

const cancel = (id: string, person: Person, within = filled.a.id) =>
  world.ask(
    `mutation { cancelPlaceInvitation(type: "Organization", within: "${within}", id: "${id}") }`,
    person,
  );
const list = (person: Person, within = filled.a.id) =>
  world.ask(
    `{ placeInvitations(type: "Organization", within: "${within}", first: 100) { edges { node {
      id groups groupsUntil invitedBy { id } createdAt expiresAt
    } } } }`,
    person,
  );

describe('who may grant in a place', () => {
  it('sees and cancels what can be accepted there', async () => {
    const { ownerA } = filled;
    const by = await newOwner();
    const { id } = await made({ by, groups: '[BILLING]' });
    const idsOf = (answer: Answer) =>
      answer.data.placeInvitations.edges.map(({ node }: { node: { id: string } }) => node.id);
    const answer = await list(ownerA);
    const found = answer.data.placeInvitations.edges.find(
      ({ node }: { node: { id: string } }) => node.id === id,
    );
    expect(found.node).toMatchObject({
      groups: ['BILLING'],
      groupsUntil: null,
      invitedBy: { id: by.id },
    });
    expect((await cancel(id.toUpperCase(), ownerA)).data.cancelPlaceInvitation).toBe(true);
    expect((await cancel(id, ownerA)).data.cancelPlaceInvitation).toBe(false);
    expect((await cancel('7', ownerA)).data.cancelPlaceInvitation).toBe(false);
    expect(idsOf(await list(ownerA))).not.toContain(id);
  });

  it('cannot reach those of another place, whichever place is named', async () => {
    const { a, b, ownerA, ownerB } = filled;
    const { id, code } = await made();
    expect(said(await cancel(id, ownerB))).toBe('403 FORBIDDEN POLICY_DENIED');
    expect((await cancel(id, ownerB, b.id)).data.cancelPlaceInvitation).toBe(false);
    expect(said(await list(ownerB, a.id))).toBe('403 FORBIDDEN POLICY_DENIED');
    expect((await list(ownerB, b.id)).data.placeInvitations.edges).toEqual([]);
    expect(said(await join(code, ownerB))).toBe('200');
    await cancel(id, ownerA);
  });

  it('gives no longer than its own right lasts', async () => {
    const until = new Date(Date.now() + hourMs);
    const by = await newOwner(until);
    expect(said(await invite({ by }))).toBe(cannotBeUsed);
    expect(said(await invite({ by, until: new Date(until.getTime() + 1) }))).toBe(cannotBeUsed);
    expect(said(await invite({ by, until: new Date(Date.now() - 1) }))).toBe(cannotBeUsed);
    const { data } = await invite({ by, until });
    expect(data.inviteTo.expiresAt).toBe(until.toISOString());
    const person = await world.person();
    expect(said(await join(data.inviteTo.code, person))).toBe('200');
  });

  it('has a code for seven days at most', async () => {
    const { data } = await invite();
    const lifeMs = Date.parse(data.inviteTo.expiresAt) - Date.now();
    expect(lifeMs).toBeGreaterThan(7 * 24 * hourMs - hourMs);
    expect(lifeMs).toBeLessThanOrEqual(7 * 24 * hourMs);
  });
});

describe('no other user invites', () => {
  it('not in another place, and learns nothing of it', async () => {
    const { a, b, ownerA, memberA, billingA, stranger } = filled;
    const missing = '00000000-0000-7000-8000-000000000000';
    const maker = await world.person();
    const created = await world.ask('mutation { createOrganization(name: "D") { id } }', maker);
    const ended = created.data.createOrganization.id;
    await world.ask(`mutation { deleteOrganization(id: "${ended}") }`, maker);
    const refused = await invite({ by: ownerA, within: b.id });
    expect(said(refused)).toBe('403 FORBIDDEN POLICY_DENIED');
    for (const within of [missing, ended, 'x']) {
      expect((await invite({ by: ownerA, within })).errors).toEqual(refused.errors);
    }
    for (const by of [memberA, billingA, stranger]) {
      expect((await invite({ by, within: a.id })).errors).toEqual(refused.errors);
    }
  });

  it('gives none of the groups when one may not be granted', async () => {
    const { a, admin, ownerA } = filled;
    for (const groups of ['[MEMBER, EDITOR]', '[MEMBER, ACCOUNTANT]', '[ADMIN]', '[]']) {
      expect(said(await invite({ by: ownerA, groups })), groups).toMatch(/^403 FORBIDDEN/);
    }
    for (const groups of ['[MEMBER, EDITOR]', '[MEMBER, ACCOUNTANT]', '[]']) {
      expect(said(await invite({ by: admin, groups })), groups).toBe(cannotBeUsed);
    }
    expect(said(await invite({ by: admin, within: 'x' }))).toBe('404 NOT_FOUND');
    expect(said(await invite({ by: admin, within: a.id }))).toBe('200');
  });
});
