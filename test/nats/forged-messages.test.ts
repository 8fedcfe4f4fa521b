import { jetstreamManager } from '@nats-io/jetstream';
import { headers, type MsgHdrs } from '@nats-io/transport-node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasPostgres } from '../database/databases.ts';
import { useNatsAndDatabase } from '../support/nats-and-database.ts';
import { natsServer } from '../support/nats-server.ts';
import { hear, send } from '../support/notifications.ts';
import { isWhole } from '../support/sample.ts';

/** A message of a program that may publish, and is no node. */
type Forgery =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'batch'; readonly by: number; readonly gap: number; readonly payloads: string }
  | { readonly kind: 'loss'; readonly by: number }
  | { readonly kind: 'replay'; readonly back: number; readonly keepsId: boolean }
  | { readonly kind: 'changed'; readonly back: number; readonly payloads: string };

const payloads = fc.constantFrom('0', '1', '', '0,1,2', 'x'.repeat(20));
const forgery: fc.Arbitrary<Forgery> = fc.oneof(
  fc.record({
    kind: fc.constant('text' as const),
    text: fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom('', '{}', 'null', '{"number":1e999}', '\u0000', '['.repeat(5_000)),
    ),
  }),
  fc.record({
    kind: fc.constant('batch' as const),
    // From the current number: an old one, the next one, one that is far ahead.
    by: fc.constantFrom(-1_000, -1, 0, 1, 2, 1_000_000, Number.MAX_SAFE_INTEGER),
    gap: fc.constantFrom(0, 1, 2, 1_000),
    payloads,
  }),
  fc.record({ kind: fc.constant('loss' as const), by: fc.constantFrom(-1_000, 0, 1, 1_000) }),
  fc.record({
    kind: fc.constant('replay' as const),
    back: fc.integer({ min: 0, max: 20 }),
    keepsId: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('changed' as const),
    back: fc.integer({ min: 0, max: 3 }),
    payloads,
  }),
);
/** What happens one after the other: an event of a node, or a forgery. */
const history = fc.array(fc.oneof(fc.constant('event' as const), forgery), {
  minLength: 1,
  maxLength: 15,
});

describe.skipIf(!hasPostgres || natsServer === undefined)('events through NATS', () => {
  const world = useNatsAndDatabase();
  const aNode = () => {
    const errors: Error[] = [];
    return { ...world.aNode(errors), errors };
  };

  it('arrive once and in order, whatever else is published: forged, repeated, far ahead, malformed', async () => {
    const nodes = [aNode(), aNode()];
    const heard = await Promise.all(nodes.map((node) => hear(node.notifications, 'news')));
    const [writer] = nodes;
    if (writer === undefined) throw new Error('There is no node.');
    const sent: string[] = [];
    const write = async () => {
      sent.push(String(100 + sent.length));
      await send(writer, 'news', sent.at(-1) ?? '');
    };
    const arrived = async () => {
      for (const { payloads: got } of heard) {
        await expect.poll(() => got.length, { interval: 5 }).toBe(sent.length);
        expect(got).toEqual(sent);
      }
      expect(heard.map(({ losses }) => losses)).toEqual([0, 0]);
    };
    await write();
    await arrived();
    const forger = await createForger(world.name());

    const check = fc.asyncProperty(history, async (steps) => {
      for (const step of steps) {
        if (step === 'event') await write();
        else await forger.publish(step);
      }
      await write();
      await arrived();
    });
    await fc.assert(check, { numRuns: isWhole ? 200 : 15 });
    expect(nodes.flatMap(({ errors }) => errors.map(({ name }) => name))).toContain(
      'UnknownMessageError',
    );
  });

  it('reach a node that starts after forged messages, and one whose stream ends with one', async () => {
    const early = aNode();
    const first = await hear(early.notifications, 'news');
    await send(early, 'news', 'one');
    await expect.poll(() => first.payloads).toEqual(['one']);
    const forger = await createForger(world.name());
    for (const by of [-1_000, 1, 1_000_000]) {
      await forger.publish({ kind: 'batch', by, gap: 1, payloads: 'forged' });
    }
    await early.close();
    const [late, later] = [aNode(), aNode()];
    const heard = [await hear(late.notifications, 'news'), await hear(later.notifications, 'news')];
    await forger.publish({ kind: 'replay', back: 0, keepsId: false });
    await send(late, 'news', 'two');
    for (const each of heard) {
      await expect.poll(() => each.payloads).toEqual(['two']);
      expect(each.losses).toBe(0);
    }
  });

  it('go on after a forged message with a small number, without a loop of requests', async () => {
    const node = aNode();
    const heard = await hear(node.notifications, 'news');
    await send(node, 'news', 'one');
    await expect.poll(() => heard.payloads).toEqual(['one']);
    const requests = await countRequests();
    const forger = await createForger(world.name());
    await forger.publish({
      kind: 'text',
      text: '{"number":4,"previous":3,"topic":"room_entries","payloads":"0"}',
    });
    await send(node, 'news', 'two');
    await expect.poll(() => heard.payloads, { interval: 5 }).toEqual(['one', 'two']);
    for (let count = 0; count < 20; count += 1) {
      await send(node, 'news', String(count));
      await expect.poll(() => heard.payloads.length, { interval: 5 }).toBe(count + 3);
    }
    expect(heard.losses).toBe(0);
    expect(requests.count()).toBeLessThan(100);
  });

  /** Counts what nodes ask of JetStream. */
  async function countRequests() {
    const connection = await world.connectProgram();
    let count = 0;
    connection.subscribe('$JS.API.>', {
      callback: () => {
        count += 1;
      },
    });
    connection.subscribe(world.name(), {
      callback: () => {
        count += 1;
      },
    });
    await connection.flush();
    return { count: () => count };
  }

  /** Another program, which may read and publish. */
  async function createForger(name: string) {
    const connection = await world.connectProgram();
    const { streams } = await jetstreamManager(connection);
    /** The numbers are those of nodes: read from the last message that has one of the right size. */
    const readStored = async (back: number) => {
      const { state } = await streams.info(name);
      const seq = Math.max(state.first_seq, state.last_seq - back);
      return streams.getMessage(name, { seq }).catch(() => null);
    };
    async function readNumber(): Promise<number> {
      for (let back = 0; back < 50; back += 1) {
        const text = (await readStored(back))?.string() ?? '';
        const [, number] = /^\{"number":(\d{1,6}),.*"signature"/.exec(text) ?? [];
        if (number !== undefined) return Number(number);
      }
      return 1;
    }
    const put = (text: string | Uint8Array, withHeaders?: MsgHdrs) =>
      connection.publish(name, text, withHeaders === undefined ? {} : { headers: withHeaders });

    return {
      async publish(forged: Forgery): Promise<void> {
        if (forged.kind === 'text') put(forged.text);
        if (forged.kind === 'batch' || forged.kind === 'loss') {
          const number = (await readNumber()) + forged.by;
          const previous = forged.kind === 'loss' ? null : number - 1 - forged.gap;
          const content =
            forged.kind === 'loss'
              ? { topic: '', payloads: '' }
              : { topic: 'news', payloads: forged.payloads };
          const signature = 'A'.repeat(43);
          put(JSON.stringify({ number, previous, ...content, signature }));
        }
        if (forged.kind === 'replay') {
          const stored = await readStored(forged.back);
          if (stored === null) return;
          const id = stored.header?.get('Nats-Msg-Id') ?? '';
          const copied = headers();
          if (forged.keepsId && id !== '') copied.set('Nats-Msg-Id', id);
          put(stored.data, copied);
        }
        if (forged.kind === 'changed') {
          const stored = await readStored(forged.back);
          const text = stored?.string() ?? '';
          put(text.replace(/"payloads":"[^"]*"/, `"payloads":"${forged.payloads}"`));
        }
        await connection.flush();
      },
    };
  }
});
