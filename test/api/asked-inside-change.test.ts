import { setImmediate } from 'node:timers/promises';
import type { GraphQLResolveInfo } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../../examples/rooms/src/context.ts';
import { defineDomain } from '../../src/schema/domain.ts';
import { startWithDomain } from '../support/start-with-domain.ts';
import type { TestServer } from '../support/test-server.ts';

const missing = '019ab000-0000-7000-8000-0000000000a1';
const event = { action: 'test.inside' };

type Inside = (context: Context, info: GraphQLResolveInfo) => Promise<unknown>;

/** What the resolver does. */
let resolve: Inside;

const domain = defineDomain<Context>({
  name: 'inside',
  typeDefs:
    'extend type Mutation {\n  "Runs what a test says." inside: String! @auth(requires: [ADMIN])\n}',
  resolvers: {
    Mutation: {
      inside: async (
        _mutation: unknown,
        _args: unknown,
        context: Context,
        info: GraphQLResolveInfo,
      ) => JSON.stringify(await resolve(context, info)),
    },
  },
});

let server: TestServer;
beforeAll(async () => {
  server = await startWithDomain(domain);
});
afterAll(() => server.stop());

const ask = () => server.ask('mutation { inside }', { token: server.admin.accessToken });
const countEvents = () =>
  server.connection.database.auditEvent.count({ where: { action: event.action } });

describe('inside the work of `change`', () => {
  it.each<{ what: string; inside: Inside }>([
    { what: 'a loader of the project', inside: ({ load }) => load.rooms(missing) },
    { what: "a loader of Gatehouse's", inside: ({ load }) => load.users(missing) },
    { what: 'a page', inside: ({ db, page }, info) => page(info, db.room) },
    {
      what: 'a list',
      inside: ({ db, list }, info) => list(info, db.roomEntry, { by: 'roomId', of: missing }),
    },
    { what: '`db`', inside: ({ db }) => db.room.findMany() },
    {
      what: '`db`, in a batch',
      inside: ({ db }) => db.room.findUnique({ where: { id: missing } }),
    },
    { what: '`db` with SQL', inside: ({ db }) => db.$queryRaw`SELECT 1` },
    {
      what: '`db`, after something else',
      inside: async ({ db }) => {
        await setImmediate();
        return db.room.count();
      },
    },
    { what: 'another change', inside: ({ change }) => change(event, async () => 'made') },
  ])('$what throws at once and says what to do, for 20 at the same time', async ({ inside }) => {
    const before = await countEvents();
    const logged = server.logLines.length;
    resolve = (context, info) => context.change(event, () => inside(context, info));
    const answers = await Promise.all(Array.from({ length: 20 }, ask));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 500));
    const lines = server.logLines.slice(logged).join('\n');
    expect(lines).toContain('Inside the work of a change, use the transaction that the work gets');
    expect(await countEvents()).toBe(before);
  });

  it('throws in `stillHolds` too', async () => {
    resolve = ({ change, load }) =>
      change(event, async () => 'made', {
        stillHolds: async () => (await load.rooms(missing)) === null,
      });
    const logged = server.logLines.length;
    expect((await ask()).status).toBe(500);
    const lines = server.logLines.slice(logged).join('\n');
    expect(lines).toContain('Inside the work of a change, use the transaction that the work gets');
  });

  it('does not fail the reads of others in the same batch', async () => {
    const reads: Promise<unknown>[] = [];
    resolve = async ({ change, load }) => {
      const begun = createSignal();
      const made = change(event, async () => {
        begun.send();
        return (async () => load.rooms(missing))().catch(() => 'thrown');
      });
      await begun.sent;
      reads.push(load.rooms(missing));
      return made;
    };
    expect((await ask()).data).toEqual({ inside: '"thrown"' });
    expect(await Promise.all(reads)).toEqual([null]);
  });
});

describe('beside the work of `change`', () => {
  it('reads before, meanwhile and after', async () => {
    resolve = async ({ change, load, db }) => {
      const before = await load.rooms(missing);
      const [made, meanwhile] = await Promise.all([
        change(event, async (tx) => tx.room.count()),
        db.room.count(),
      ]);
      return [before, made === meanwhile, await db.room.findUnique({ where: { id: missing } })];
    };
    const answers = await Promise.all(Array.from({ length: 20 }, ask));
    expect(answers.map(({ data }) => data?.inside)).toEqual(answers.map(() => '[null,true,null]'));
  });

  it.each<{ what: string; outside: (context: Context) => Promise<unknown>; answer: unknown }>([
    {
      what: '`db`, in a batch',
      outside: ({ db }) => db.room.findUnique({ where: { id: missing } }),
      answer: null,
    },
    { what: '`db`', outside: ({ db }) => db.room.findMany({ where: { id: missing } }), answer: [] },
    { what: 'a loader', outside: ({ load }) => load.rooms(missing), answer: null },
    { what: "a loader of Gatehouse's", outside: ({ load }) => load.users(missing), answer: null },
    {
      what: 'a change',
      outside: ({ change }) => change(event, async (tx) => (await tx.room.findMany()).length >= 0),
      answer: true,
    },
  ])(
    'answers another request by $what, whose wait ends together with that of the work',
    async ({ outside, answer }) => {
      // Each pass leaves the other request a little further behind the work.
      for (let behind = 0; behind < 8; behind += 1) {
        const [reached, working, fetched] = [createSignal(), createSignal(), createSignal()];
        resolve = async (context) => {
          reached.send();
          await fetched.sent;
          for (let turn = 0; turn < behind; turn += 1) await null;
          return outside(context);
        };
        const reading = ask();
        await reached.sent;
        resolve = ({ change }) =>
          change(event, async (tx) => {
            working.send();
            await fetched.sent;
            return tx.room.findUnique({ where: { id: missing } });
          });
        const changing = ask();
        await working.sent;
        fetched.send();
        expect((await changing).data).toEqual({ inside: 'null' });
        expect((await reading).data).toEqual({ inside: JSON.stringify(answer) });
      }
    },
  );

  it('makes several changes at the same time, and one after the other', async () => {
    resolve = async ({ change }) => {
      const one = () => change(event, async (tx) => tx.room.count());
      const [first, second] = await Promise.all([one(), one()]);
      return first === second && second === (await one());
    };
    expect((await ask()).data).toEqual({ inside: 'true' });
  });

  it('reads in what the work started and left running', async () => {
    const ended = createSignal();
    let late: Promise<unknown> = Promise.resolve();
    resolve = async ({ change, db }) => {
      await change(event, async () => {
        late = ended.sent.then(() => db.room.findUnique({ where: { id: missing } }));
      });
      ended.send();
      return late;
    };
    expect((await ask()).data).toEqual({ inside: 'null' });
  });
});

/** A promise that another function resolves. */
function createSignal() {
  let send = () => {};
  const sent = new Promise<void>((done) => {
    send = done;
  });
  return { sent, send: () => send() };
}
