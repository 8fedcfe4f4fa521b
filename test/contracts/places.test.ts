import { on } from 'node:events';
import { fileURLToPath } from 'node:url';
import { defineDomain, type GatehouseConfig } from 'graphql-gatehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import example from '../../examples/organizations/gatehouse.config.ts';
import { hosts } from './hosts.ts';
import { transports } from './streams.ts';
import { type Person, startTimeoutMs, startWorld, type World } from './world.ts';

const paid = new EventTarget();
const payments = defineDomain({
  name: 'payments',
  typeDefs: [
    `extend type Subscription {
      "Payments in an organization."
      paid("The organization." organizationId: ID! @references(type: "Organization")): Int!
        @auth(requires: [BILLING])
    }`,
  ],
  resolvers: {
    Subscription: {
      paid: {
        subscribe: (
          _source: unknown,
          _args: unknown,
          { signal }: { readonly signal: AbortSignal },
        ) => on(paid, 'paid', { signal }),
        resolve: () => 1200,
      },
    },
  },
});
const config: GatehouseConfig = {
  ...example,
  domains: [...(example.domains ?? []), payments],
};
const directory = fileURLToPath(new URL('../../examples/organizations', import.meta.url));

/** Two organizations, each with an owner and an invoice, a member of the first, a guest who pays in the second, and a stranger. */
async function fill(world: World) {
  const made = async (query: string, person: Person) => {
    const { status, data, text } = await world.ask(query, { token: person.accessToken });
    if (status !== 200) throw new Error(text);
    return data.made;
  };
  const organizationOf = async (owner: Person, name: string) => {
    const { id } = await made(
      `mutation { made: createOrganization(name: "${name}") { id } }`,
      owner,
    );
    const input = `{ organizationId: "${id}", number: "${name}-1", totalCents: 1200 }`;
    const invoice = await made(`mutation { made: createInvoice(input: ${input}) { id } }`, owner);
    return { id, invoice: invoice.id };
  };
  const [ownerA, ownerB] = [await world.aUser(), await world.aUser()];
  const [memberA, guestA] = [await world.aUser(), await world.aUser()];
  const stranger = await world.aUser();
  const a = await organizationOf(ownerA, 'A');
  const b = await organizationOf(ownerB, 'B');
  const give = ({ id }: Person, group: string, place: { readonly id: string }) =>
    made(
      `mutation { made: grantGroup(userId: "${id}", group: ${group}, within: "${place.id}") { id } }`,
      world.admin,
    );
  await give(memberA, 'MEMBER', a);
  await give(guestA, 'MEMBER', a);
  await give(guestA, 'BILLING', b);
  return { a, b, ownerA, ownerB, memberA, guestA, stranger };
}

type Filled = Awaited<ReturnType<typeof fill>>;

interface Row {
  readonly title: string;
  readonly who: 'ownerA' | 'memberA' | 'stranger';
  readonly query: (filled: Filled) => string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The status, the code and the reason, or the data. */
  readonly answer: string | object;
}

const never = '019ab000-0000-7000-8000-00000000000f';
const grant = (person: Person, id: string) =>
  `mutation { grantGroup(userId: "${person.id}", group: MEMBER, within: "${id}") { id } }`;

const rows: readonly Row[] = [
  {
    title: 'a list, to an owner',
    who: 'ownerA',
    query: () => '{ invoices { edges { node { number money { totalCents } } } } }',
    answer: { invoices: { edges: [{ node: { number: 'A-1', money: { totalCents: 1200 } } }] } },
  },
  {
    title: 'a list, to a member, without what a member does not see',
    who: 'memberA',
    query: () => '{ invoices { edges { node { number money { totalCents } } } } }',
    answer: { invoices: { edges: [{ node: { number: 'A-1', money: null } }] } },
  },
  {
    title: 'a list, to a stranger',
    who: 'stranger',
    query: () => '{ invoices { edges { node { number } } } organizations { id } }',
    answer: { invoices: { edges: [] }, organizations: [] },
  },
  {
    title: 'a call in the place of the viewer',
    who: 'ownerA',
    query: ({ a }) => `mutation { payInvoice(id: "${a.invoice}") { number } }`,
    answer: { payInvoice: { number: 'A-1' } },
  },
  {
    title: 'a call in the place of the viewer, in another group',
    who: 'memberA',
    query: ({ a }) => `mutation { payInvoice(id: "${a.invoice}") { number } }`,
    answer: '403 FORBIDDEN GROUP_REQUIRED',
  },
  {
    title: 'a call in another place',
    who: 'ownerA',
    query: ({ b }) => `mutation { payInvoice(id: "${b.invoice}") { number } }`,
    answer: '404 NOT_FOUND',
  },
  {
    title: 'a call by a stranger',
    who: 'stranger',
    query: ({ a }) => `mutation { payInvoice(id: "${a.invoice}") { number } }`,
    answer: '403 FORBIDDEN GROUP_REQUIRED',
  },
  {
    title: 'two calls, of which one is in another place',
    who: 'ownerA',
    query: ({ a, b }) =>
      `mutation { a: payInvoice(id: "${a.invoice}") { number } b: payInvoice(id: "${b.invoice}") { number } }`,
    answer: '404 NOT_FOUND',
  },
  {
    title: 'a row that is moved to another place',
    who: 'ownerA',
    query: ({ a, b }) => `mutation { moveInvoice(id: "${a.invoice}", to: "${b.id}") { number } }`,
    answer: '404 NOT_FOUND',
  },
  {
    title: 'a field that only an owner has, to a member',
    who: 'memberA',
    query: () => '{ organizations { name plan } }',
    answer: '403 FORBIDDEN GROUP_REQUIRED',
  },
  {
    title: 'a lenient query, to who may not reach one of its fields',
    who: 'stranger',
    headers: { prefer: 'handling=lenient' },
    query: () => '{ organizations { name plan } }',
    answer: '200 FORBIDDEN GROUP_REQUIRED',
  },
  {
    title: 'a decision alone about the place of the viewer',
    who: 'ownerA',
    headers: { prefer: 'decide-only' },
    query: ({ a }) => `mutation { payInvoice(id: "${a.invoice}") { number } }`,
    answer: '200 allowed',
  },
  {
    title: 'a decision alone about another place',
    who: 'ownerA',
    headers: { prefer: 'decide-only' },
    query: ({ b }) => `mutation { payInvoice(id: "${b.invoice}") { number } }`,
    answer: '200 denied NOT_FOUND',
  },
  {
    title: 'a grant by who is an owner elsewhere',
    who: 'ownerA',
    query: ({ b, ownerA }) => grant(ownerA, b.id),
    answer: '403 FORBIDDEN POLICY_DENIED',
  },
  {
    title: 'a grant in a place that never was',
    who: 'ownerA',
    query: ({ ownerA }) => grant(ownerA, never),
    answer: '403 FORBIDDEN POLICY_DENIED',
  },
];

/** What an operation that is decided alone is answered: whether it is allowed, and the codes of what denies it. */
function decisionIn(text: string): readonly string[] {
  const { decision } = JSON.parse(text).extensions ?? {};
  if (decision === undefined) return [];
  const denials: readonly { code: string }[] = decision.denials ?? [];
  return [decision.allowed ? 'allowed' : 'denied', ...denials.map(({ code }) => code)];
}

describe.each(hosts.filter(({ name }) => !name.includes('Pothos')))(
  'groups in places on $name',
  ({ start }) => {
    let world: World;
    let filled: Filled;
    beforeAll(async () => {
      world = await startWorld({ config, start }, { directory });
      filled = await fill(world);
    }, startTimeoutMs);
    afterAll(() => world?.stop());

    it.each(rows)('decide $title, for $who', async ({ who, query, headers = {}, answer }) => {
      const token = filled[who].accessToken;
      const { status, code, reason, data, text } = await world.ask(query(filled), {
        token,
        headers,
      });
      const said = [status, code, reason, ...decisionIn(text)]
        .filter((each) => each !== undefined)
        .join(' ');
      expect(typeof answer === 'string' ? said : data).toEqual(answer);
    });

    it('say the type of the place and the argument, and no id', async () => {
      const { guestA, a } = filled;
      const query = `mutation { payInvoice(id: "${a.invoice}") { number } }`;
      const { text } = await world.ask(query, { token: guestA.accessToken });
      const [{ extensions }] = JSON.parse(text).errors;
      expect(extensions).toMatchObject({
        requires: [['BILLING']],
        within: { type: 'Organization', argument: 'id' },
      });
      expect(text).not.toContain(a.id);
      expect(text).not.toContain(a.invoice);
    });

    it('give one answer for places where the viewer may not grant, and for those that never were', async () => {
      const { ownerA, b } = filled;
      const token = ownerA.accessToken;
      const [other, none] = [
        await world.ask(grant(ownerA, b.id), { token }),
        await world.ask(grant(ownerA, never), { token }),
      ];
      expect(other.text).toBe(none.text);
    });
  },
);

describe.each(transports)('a subscription to a place on $name', ({ start, subscribe }) => {
  let world: World;
  let filled: Filled;
  beforeAll(async () => {
    world = await startWorld({ config, start }, { directory });
    filled = await fill(world);
  }, startTimeoutMs);
  afterAll(() => world?.stop());

  const query = ({ id }: { readonly id: string }) =>
    `subscription { paid(organizationId: "${id}") }`;
  const errorsOf = (result: unknown): readonly unknown[] => {
    const { errors }: { errors?: readonly { extensions: unknown }[] } = Object(result);
    return (errors ?? []).map(({ extensions }) => extensions);
  };

  it('is not opened in another place, or without the group', async () => {
    const { a, ownerB, memberA } = filled;
    for (const [person, code] of [
      [ownerB, 'NOT_FOUND'],
      [memberA, 'FORBIDDEN'],
    ] as const) {
      const stream = subscribe(world, query(a), person.accessToken);
      await stream.completed.catch(() => undefined);
      expect(stream.results.flatMap(errorsOf)).toMatchObject([{ code }]);
      stream.close();
    }
  });

  it('ends before the next event when the group is lost in its place', async () => {
    const { a, memberA } = filled;
    const { admin } = world;
    const change = async (field: string) => {
      const { status, text } = await world.ask(
        `mutation { ${field}(userId: "${memberA.id}", group: BILLING, within: "${a.id}") { id } }`,
        { token: admin.accessToken },
      );
      expect(status, text).toBe(200);
    };
    await change('grantGroup');
    const stream = subscribe(world, query(a), memberA.accessToken);
    await expect
      .poll(() => {
        paid.dispatchEvent(new Event('paid'));
        return stream.results.length;
      })
      .toBeGreaterThan(0);
    expect(stream.results[0]).toEqual({ data: { paid: 1200 } });
    await change('revokeGroup');
    const before = stream.results.length;
    paid.dispatchEvent(new Event('paid'));
    await stream.completed;
    const after = stream.results.slice(before);
    expect(after.filter((result) => errorsOf(result).length === 0)).toEqual([]);
    expect(after.flatMap(errorsOf)).toMatchObject([{ code: 'FORBIDDEN' }]);
    stream.close();
  });
});
