import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  fillOrganizations,
  type Organizations,
  type Person,
  startOrganizations,
} from '../support/organizations/world.ts';

let world: Organizations;
let filled: Awaited<ReturnType<typeof fillOrganizations>>;
beforeAll(async () => {
  world = await startOrganizations();
  filled = await fillOrganizations(world);
});
afterAll(() => world.close());

const invoices = '{ invoices { edges { node { number money { totalCents } } } } }';

/** Returns the numbers of the invoices that a person sees, and whether each shows its money. */
async function seen(person: Person) {
  const { data } = await world.ask(invoices, person);
  const edges: readonly { readonly node: { readonly number: string; readonly money: unknown } }[] =
    data.invoices.edges;
  return edges.map(({ node }) => `${node.number}${node.money === null ? '' : ' money'}`);
}

const pay = (id: string) => `mutation { payInvoice(id: "${id}") { number } }`;
const answered = async (query: string, person: Person) => {
  const { status, code, reason } = await world.ask(query, person);
  return [status, code, reason].filter((each) => each !== undefined).join(' ');
};

describe('what is held in an organization', () => {
  it('shows the rows of that organization alone', async () => {
    expect(await seen(filled.memberA)).toEqual(['A-1']);
    expect(await seen(filled.billingA)).toEqual(['A-1 money']);
    expect(await seen(filled.ownerB)).toEqual(['B-1 money']);
    expect(await seen(filled.agency)).toEqual(['A-1 money', 'B-1 money']);
    expect(await seen(filled.accountant)).toEqual(['A-1 money', 'B-1 money']);
    expect(await seen(filled.stranger)).toEqual([]);
  });

  it('lets a call name rows there, and none elsewhere', async () => {
    const { a, b, billingA, memberA, stranger, agency } = filled;
    expect(await answered(pay(a.invoice.id), billingA)).toBe('200');
    expect(await answered(pay(b.invoice.id), billingA)).toBe('404 NOT_FOUND');
    expect(await answered(pay(a.invoice.id), memberA)).toBe('403 FORBIDDEN GROUP_REQUIRED');
    expect(await answered(pay(a.invoice.id), stranger)).toBe('403 FORBIDDEN GROUP_REQUIRED');
    expect(await answered(pay(b.invoice.id), agency)).toBe('200');
  });
});

const only = (answer: Awaited<ReturnType<typeof world.ask>>) =>
  [answer.status, answer.code, answer.reason].filter((each) => each !== undefined).join(' ');

describe('a change in an organization', () => {
  it('moves a row only for who may take it and give it', async () => {
    const { a, b, ownerA, agency } = filled;
    const made = await world.db.invoice.create({
      data: { organizationId: a.id, number: 'A-move', totalCents: 1 },
    });
    const move = `mutation { moveInvoice(id: "${made.id}", to: "${b.id}") { number } }`;
    expect(await answered(move, ownerA)).toBe('404 NOT_FOUND');
    expect(await answered(move, agency)).toBe('403 FORBIDDEN GROUP_REQUIRED');
    const both = await world.person();
    await world.hold(both, { group: 'OWNER', type: 'Organization', id: a.id });
    await world.hold(both, { group: 'MEMBER', type: 'Organization', id: b.id });
    expect(await answered(move, both)).toBe('403 FORBIDDEN GROUP_REQUIRED');
    await world.hold(both, { group: 'BILLING', type: 'Organization', id: b.id });
    expect(await answered(move, both)).toBe('200');
    await world.db.invoice.delete({ where: { id: made.id } });
    await world.ask(`mutation { deleteUser(id: "${both.id}") }`, filled.admin);
  });

  it('gives its maker a group in what it made, which counts in the rest of the operation', async () => {
    const maker = await world.person();
    const answer = await world.ask(
      `mutation { createOrganization(name: "New") { id name } }`,
      maker,
    );
    expect(answer.errors).toEqual([]);
    expect(only(answer)).toBe('200');
    const { id } = answer.data.createOrganization;
    expect(await world.heldIn('Organization', id)).toEqual([`${maker.id} OWNER`]);
    const { data } = await world.ask(
      '{ viewer { places(type: "Organization") { id groups } } organizations { name } }',
      maker,
    );
    expect(data).toEqual({
      viewer: { places: [{ id, groups: ['OWNER', 'BILLING', 'MEMBER'] }] },
      organizations: [{ name: 'New' }],
    });
  });

  it('ends a place with all that is held in it', async () => {
    const maker = await world.person();
    const { data } = await world.ask('mutation { createOrganization(name: "End") { id } }', maker);
    const { id } = data.createOrganization;
    expect(await answered(`mutation { deleteOrganization(id: "${id}") }`, maker)).toBe('200');
    const { data: after } = await world.ask(
      '{ viewer { places(type: "Organization") { id } } organizations { name } }',
      maker,
    );
    expect(after).toEqual({ viewer: { places: [] }, organizations: [] });
    // The id comes again, such as one of a restored row.
    await world.db.organization.create({ data: { id, name: 'Again' } });
    expect((await world.ask('{ organizations { name } }', maker)).data.organizations).toEqual([]);
    await world.db.organization.delete({ where: { id } });
  });
});

describe('who grants in an organization', () => {
  const grant = (userId: string, group: string, within: string, further = '') =>
    `mutation { grantGroup(userId: "${userId}", group: ${group}, within: "${within}"${further}) { id } }`;
  const missing = '019ab000-0000-7000-8000-0000000000ff';

  it('is an owner there, for those who belong to it', async () => {
    const { a, b, ownerA, memberA, memberB } = filled;
    expect(await answered(grant(memberA.id, 'BILLING', a.id), ownerA)).toBe('200');
    expect(await world.heldIn('Organization', a.id)).toContain(`${memberA.id} BILLING`);
    expect(await answered(grant(memberB.id, 'BILLING', a.id), ownerA)).toBe('400 BAD_USER_INPUT');
    expect(await answered(grant(missing, 'BILLING', a.id), ownerA)).toBe('400 BAD_USER_INPUT');
    for (const place of [b.id, missing, 'no-uuid'])
      expect(await answered(grant(memberA.id, 'BILLING', place), ownerA)).toBe(
        '403 FORBIDDEN POLICY_DENIED',
      );
    expect(await answered(grant(memberB.id, 'OWNER', a.id), memberB)).toBe(
      '403 FORBIDDEN POLICY_DENIED',
    );
  });

  it('is an owner of the organization in a project of it', async () => {
    const { a, b, ownerA, ownerB, memberA } = filled;
    expect(await answered(grant(memberA.id, 'EDITOR', a.project.id), ownerB)).toBe(
      '403 FORBIDDEN POLICY_DENIED',
    );
    expect(await answered(grant(memberA.id, 'EDITOR', a.project.id), ownerA)).toBe('200');
    const add = (id: string) => `mutation { addTask(projectId: "${id}", text: "x") { text } }`;
    expect(await answered(add(a.project.id), memberA)).toBe('200');
    expect(await answered(add(b.project.id), memberA)).toBe('404 NOT_FOUND');
    const leave = `mutation { leaveGroup(group: "MEMBER", within: "${a.id}") }`;
    const leaveBilling = `mutation { leaveGroup(group: "BILLING", within: "${a.id}") }`;
    await world.ask(leaveBilling, memberA);
    expect((await world.ask(leave, memberA)).data).toEqual({ leaveGroup: true });
    expect(await answered(add(a.project.id), memberA)).toBe('403 FORBIDDEN GROUP_REQUIRED');
    await world.hold(memberA, { group: 'MEMBER', type: 'Organization', id: a.id });
  });

  it('is an ADMIN everywhere, who alone learns that a place is missing', async () => {
    const { a, admin, stranger } = filled;
    expect(await answered(grant(stranger.id, 'MEMBER', a.id), admin)).toBe('200');
    expect(await answered(grant(stranger.id, 'MEMBER', missing), admin)).toBe('404 NOT_FOUND');
    expect(
      await answered(
        `mutation { revokeGroup(userId: "${stranger.id}", group: MEMBER, within: "${a.id}") { id } }`,
        admin,
      ),
    ).toBe('200');
    expect(
      await answered(
        `mutation { grantGroup(userId: "${stranger.id}", group: MEMBER) { id } }`,
        admin,
      ),
    ).toBe('400 BAD_USER_INPUT');
    expect(await answered(grant(stranger.id, 'ACCOUNTANT', a.id), admin)).toBe(
      '400 BAD_USER_INPUT',
    );
  });

  it('cannot prolong itself, nor give for longer than it has', async () => {
    const { a, memberA } = filled;
    const until = new Date(Date.now() + 3_600_000);
    const deputy = await world.person();
    await world.hold(deputy, { group: 'OWNER', type: 'Organization', id: a.id, expiresAt: until });
    expect(await answered(grant(deputy.id, 'OWNER', a.id), deputy)).toBe('400 BAD_USER_INPUT');
    expect(await answered(grant(memberA.id, 'OWNER', a.id), deputy)).toBe('400 BAD_USER_INPUT');
    const later = `, expiresAt: "${new Date(until.getTime() + 1_000).toISOString()}"`;
    expect(await answered(grant(memberA.id, 'BILLING', a.id, later), deputy)).toBe(
      '400 BAD_USER_INPUT',
    );
    const same = `, expiresAt: "${until.toISOString()}"`;
    expect(await answered(grant(memberA.id, 'BILLING', a.id, same), deputy)).toBe('200');
  });

  it('leaves each organization an owner', async () => {
    const { a, ownerA, admin } = filled;
    const leave = `mutation { leaveGroup(group: "OWNER", within: "${a.id}") }`;
    expect(await answered(leave, ownerA)).toBe('409 CONFLICT LAST_HOLDER');
    for (const query of [
      `mutation { revokeGroup(userId: "${ownerA.id}", group: OWNER, within: "${a.id}") { id } }`,
      grant(
        ownerA.id,
        'OWNER',
        a.id,
        `, expiresAt: "${new Date(Date.now() + 60_000).toISOString()}"`,
      ),
      `mutation { disableUser(id: "${ownerA.id}") { id } }`,
      `mutation { deleteUser(id: "${ownerA.id}") }`,
    ])
      expect(await answered(query, admin), query).toBe('409 CONFLICT LAST_HOLDER');
  });

  it('lists who is in a group there, for who may grant there', async () => {
    const { b, ownerA, ownerB, agency, memberB, admin } = filled;
    const holders = `{ holders(type: "Organization", within: "${b.id}") { edges { node { user { id } memberships { group } } } } }`;
    expect(await answered(holders, ownerA)).toBe('403 FORBIDDEN POLICY_DENIED');
    expect(await answered(holders, memberB)).toBe('403 FORBIDDEN POLICY_DENIED');
    for (const person of [ownerB, admin]) {
      const { data } = await world.ask(holders, person);
      const ids = data.holders.edges.map(
        ({ node }: { readonly node: { readonly user: { readonly id: string } } }) => node.user.id,
      );
      expect(ids).toEqual(expect.arrayContaining([ownerB.id, agency.id, memberB.id]));
    }
  });
});
