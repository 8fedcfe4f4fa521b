import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paused, pauseNext } from '../support/organizations/paused.ts';
import {
  fillOrganizations,
  type Organizations,
  type Person,
  startOrganizations,
} from '../support/organizations/world.ts';

let world: Organizations;
let filled: Awaited<ReturnType<typeof fillOrganizations>>;
beforeAll(async () => {
  world = await startOrganizations({ domains: [paused] });
  filled = await fillOrganizations(world);
});
afterAll(() => world.close());

const said = ({ status, code, reason }: Awaited<ReturnType<Organizations['ask']>>) =>
  [status, code, reason].filter((each) => each !== undefined).join(' ');
const answered = async (query: string, person: Person) => said(await world.ask(query, person));
const paidAt = async (id: string) =>
  (await world.db.invoice.findUniqueOrThrow({ where: { id } })).paidAt;

/** A new member of A with BILLING, and an unpaid invoice there. */
async function payer() {
  const person = await world.person();
  await world.hold(person, { group: 'BILLING', type: 'Organization', id: filled.a.id });
  const invoice = await world.db.invoice.create({
    data: { organizationId: filled.a.id, number: 'paused', totalCents: 5 },
  });
  return { person, invoice };
}

describe('a change that was admitted by a group in a place', () => {
  const lose: Readonly<Record<string, (person: Person) => Promise<unknown>>> = {
    'it is revoked': ({ id }) =>
      world.ask(
        `mutation { revokeGroup(userId: "${id}", group: BILLING, within: "${filled.a.id}") { id } }`,
        filled.ownerA,
      ),
    'it expires': ({ id }) =>
      world.db.$executeRaw`UPDATE gatehouse.place_memberships
        SET granted_at = now() - interval '1 day', expires_at = now() - interval '1 second' WHERE user_id = ${id}::uuid`,
    'the user leaves': (person) =>
      world.ask(`mutation { leaveGroup(group: "BILLING", within: "${filled.a.id}") }`, person),
  };

  it.each(Object.keys(lose))('is refused when %s before it begins', async (how) => {
    const { person, invoice } = await payer();
    const { reached, go } = pauseNext();
    const answer = world.ask(`mutation { pausedPay(id: "${invoice.id}") { id } }`, person);
    await reached;
    await lose[how]?.(person);
    go();
    // Without any group there, the row does not exist for the viewer any more.
    expect(said(await answer)).toBe('404 NOT_FOUND');
    expect(await paidAt(invoice.id)).toBeNull();
  });

  it('is refused when the group alone is lost, and the row is still seen', async () => {
    const { person, invoice } = await payer();
    await world.hold(person, { group: 'MEMBER', type: 'Organization', id: filled.a.id });
    const { reached, go } = pauseNext();
    const answer = world.ask(`mutation { pausedPay(id: "${invoice.id}") { id } }`, person);
    await reached;
    await lose['it is revoked']?.(person);
    go();
    expect(said(await answer)).toBe('403 FORBIDDEN GROUP_REQUIRED');
    expect(await paidAt(invoice.id)).toBeNull();
  });

  it('is refused when the group is lost that one argument asks for', async () => {
    const { a, b } = filled;
    const { person, invoice } = await payer();
    await world.hold(person, { group: 'OWNER', type: 'Organization', id: a.id });
    await world.hold(person, { group: 'BILLING', type: 'Organization', id: b.id });
    const { reached, go } = pauseNext();
    const move = `mutation { pausedMove(id: "${invoice.id}", to: "${b.id}") { id } }`;
    const answer = world.ask(move, person);
    await reached;
    await world.ask(`mutation { leaveGroup(group: "OWNER", within: "${a.id}") }`, person);
    go();
    expect(said(await answer)).toBe('403 FORBIDDEN GROUP_REQUIRED');
    const { organizationId } = await world.db.invoice.findUniqueOrThrow({
      where: { id: invoice.id },
    });
    expect(organizationId).toBe(a.id);
  });

  it('is refused when the row was moved to a place where it is not held', async () => {
    const { person, invoice } = await payer();
    await world.hold(person, { group: 'MEMBER', type: 'Organization', id: filled.b.id });
    const { reached, go } = pauseNext();
    const answer = world.ask(`mutation { pausedPay(id: "${invoice.id}") { id } }`, person);
    await reached;
    const data = { organizationId: filled.b.id };
    await world.db.invoice.update({ where: { id: invoice.id }, data });
    go();
    expect(said(await answer)).toBe('403 FORBIDDEN GROUP_REQUIRED');
    expect(await paidAt(invoice.id)).toBeNull();
  });

  it('is refused when the place has ended', async () => {
    const maker = await world.person();
    const { data } = await world.ask('mutation { createOrganization(name: "C") { id } }', maker);
    const { id } = data.createOrganization;
    const invoice = await world.db.invoice.create({
      data: { organizationId: id, number: 'ended', totalCents: 5 },
    });
    const { reached, go } = pauseNext();
    const answer = world.ask(`mutation { pausedPay(id: "${invoice.id}") { id } }`, maker);
    await reached;
    await world.db.$executeRaw`SELECT gatehouse.remove_place('Organization', ${id})::text`;
    go();
    expect(said(await answer)).toBe('404 NOT_FOUND');
    expect(await paidAt(invoice.id)).toBeNull();
  });

  it('sees what an earlier field of its operation has done', async () => {
    const { person, invoice } = await payer();
    const answer = await world.ask(
      `mutation {
        left: leaveGroup(group: "BILLING", within: "${filled.a.id}")
        payInvoice(id: "${invoice.id}") { id }
      }`,
      person,
    );
    expect(answer.errors.map(({ path }) => path)).toEqual([['payInvoice']]);
    expect(await paidAt(invoice.id)).toBeNull();
  });

  it('is undone when it writes a row into a place where it is not held', async () => {
    const { agency, a, b, billingA } = filled;
    const stray = (organization: string) =>
      `mutation { strayInvoice(organization: "${organization}", id: "${a.invoice.id}") }`;
    const count = () => world.db.invoice.count({ where: { number: 'stray' } });
    expect(await answered(stray(b.id), billingA)).toBe('403 FORBIDDEN POLICY_DENIED');
    const both = await world.person();
    await world.hold(both, { group: 'BILLING', type: 'Organization', id: a.id });
    await world.hold(both, { group: 'MEMBER', type: 'Organization', id: b.id });
    expect(await answered(stray(b.id), both)).toBe('403 FORBIDDEN GROUP_REQUIRED');
    expect(await count()).toBe(0);
    expect(await answered(stray(b.id), agency)).toBe('200');
    expect(await count()).toBe(1);
  });
});

describe('a group that a change gives', () => {
  it('is not given in a place in which others are, or that has ended', async () => {
    const { a, stranger } = filled;
    const take = (id: string) => `mutation { takeOrganization(organization: "${id}") }`;
    expect(await answered(take(a.id), stranger)).toBe('409 CONFLICT PLACE_IN_USE');
    const empty = await world.db.organization.create({ data: { name: 'empty' } });
    expect(await answered(take(empty.id), stranger)).toBe('200');
    expect(await world.heldIn('Organization', empty.id)).toEqual([`${stranger.id} OWNER`]);
    const ended = await world.db.organization.create({ data: { name: 'ended' } });
    await world.db.$executeRaw`SELECT gatehouse.remove_place('Organization', ${ended.id})::text`;
    expect(await answered(take(ended.id), stranger)).toBe('409 CONFLICT PLACE_IN_USE');
  });
});

describe.runIf(process.env.TEST_DATABASE_KIND === 'postgresql')('an ADMIN who owns a place', () => {
  it('grants there as an owner may, if it loses ADMIN before its change begins', async () => {
    const { a } = filled;
    const target = await world.person();
    const boss = await world.person('ADMIN');
    await world.hold(boss, { group: 'OWNER', type: 'Organization', id: a.id });
    const grant = `mutation { grantGroup(userId: "${target.id}", group: MEMBER, within: "${a.id}") { id } }`;
    const answer = await world.db.$transaction(async (tx) => {
      await tx.$executeRaw`SELECT 1 FROM gatehouse.users WHERE id = ${target.id}::uuid FOR UPDATE`;
      const asked = world.ask(grant, boss);
      const isWaiting = () =>
        tx.$queryRaw<
          readonly object[]
        >`SELECT 1 FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()`;
      await expect.poll(isWaiting).not.toEqual([]);
      await tx.$executeRaw`DELETE FROM gatehouse.memberships WHERE user_id = ${boss.id}::uuid`;
      return { asked };
    });
    expect(said(await answer.asked)).toBe('400 BAD_USER_INPUT');
    expect(await world.heldIn('Organization', a.id)).not.toContain(`${target.id} MEMBER`);
  });
});

describe('races', () => {
  it('leave an owner, of two who leave at once', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { id } = await world.db.organization.create({ data: { name: `Race ${round}` } });
      const owners = [await world.person(), await world.person()];
      for (const owner of owners) {
        await world.hold(owner, { group: 'OWNER', type: 'Organization', id });
      }
      const leave = `mutation { leaveGroup(group: "OWNER", within: "${id}") }`;
      const answers = await Promise.all(
        owners.map((owner, index) => world.ask(leave, owner, { node: world.nodeOf(index) })),
      );
      expect(answers.map(said).sort()).toEqual(['200', '409 CONFLICT LAST_HOLDER']);
      expect(await world.heldIn('Organization', id)).toHaveLength(1);
    }
  });

  it('give a new place to one of two', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { id } = await world.db.organization.create({ data: { name: `Taken ${round}` } });
      const takers = [await world.person(), await world.person()];
      const take = `mutation { takeOrganization(organization: "${id}") }`;
      const answers = await Promise.all(
        takers.map((taker, index) => world.ask(take, taker, { node: world.nodeOf(index) })),
      );
      expect(answers.map(said).sort()).toEqual(['200', '409 CONFLICT PLACE_IN_USE']);
      expect(await world.heldIn('Organization', id)).toHaveLength(1);
    }
  });

  it('let no change pass whose place has ended, and undo none that was committed before', async () => {
    for (let round = 0; round < 6; round += 1) {
      const maker = await world.person();
      const { data } = await world.ask('mutation { createOrganization(name: "E") { id } }', maker);
      const { id } = data.createOrganization;
      const invoice = await world.db.invoice.create({
        data: { organizationId: id, number: 'race', totalCents: 1 },
      });
      const end = world.db.$executeRaw`SELECT gatehouse.remove_place('Organization', ${id})::text`;
      const pay = world.ask(`mutation { payInvoice(id: "${invoice.id}") { id } }`, maker, {
        node: world.nodeOf(round),
      });
      const [answer] = await Promise.all([pay, end]);
      const isPaid = (await paidAt(invoice.id)) !== null;
      // Committed, and then hidden by the end: the refusal of its result says that it has taken effect.
      const hasTakenEffect =
        answer.status === 200 || /has taken effect/.test(String(answer.errors[0]?.message));
      expect(hasTakenEffect).toBe(isPaid);
      const after = await world.ask(`mutation { payInvoice(id: "${invoice.id}") { id } }`, maker);
      expect(after.status).toBeGreaterThanOrEqual(403);
    }
  });
});

describe('a sum', () => {
  it('has the rows of the places of the viewer, once they are read', async () => {
    const { memberA, accountant } = filled;
    const sum = (reads: boolean) => `{ invoiceSum(readsPlaces: ${reads}) }`;
    const all = await world.db.invoice.findMany();
    const total = (rows: typeof all) => rows.reduce((sum, row) => sum + row.totalCents, 0);
    const ofA = all.filter(({ organizationId }) => organizationId === filled.a.id);
    expect((await world.ask(sum(true), memberA)).data).toEqual({ invoiceSum: total(ofA) });
    expect((await world.ask(sum(true), accountant)).data).toEqual({ invoiceSum: total(all) });
    expect((await world.ask(sum(false), memberA)).code).toBe('INTERNAL_SERVER_ERROR');
  });
});

describe('the account of who holds groups in places', () => {
  const changes: Readonly<Record<string, (id: string) => string>> = {
    'a new password': (id) =>
      `resetPassword(userId: "${id}", newPassword: "plum-kettle-orbit-58-fern") { id }`,
    'a new address': (id) =>
      `updateUser(id: "${id}", input: { email: "${id}@example.com" }) { id }`,
    'its right to log in again': (id) => `enableUser(id: "${id}") { id }`,
  };

  it.each(Object.keys(changes))(
    'gets %s from an administrator, and from no other',
    async (what) => {
      const { a, admin, ownerA } = filled;
      const person = await world.person('ACCOUNTANT');
      await world.hold(person, { group: 'OWNER', type: 'Organization', id: a.id });
      await world.ask(`mutation { disableUser(id: "${person.id}") { id } }`, admin);
      const mutation = `mutation { ${changes[what]?.(person.id)} }`;
      expect(await answered(mutation, ownerA)).toMatch(/^403 FORBIDDEN/);
      expect(await answered(mutation, admin)).toBe('200');
    },
  );
});
