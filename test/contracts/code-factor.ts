import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import {
  defineConfig,
  defineDomain,
  type GatehouseConfig,
  type GatehousePackage,
} from 'graphql-gatehouse';

/** Fields that need a fresh proof, a second factor, or both. */
const proven = defineDomain({
  name: 'proven',
  typeDefs: `
  extend type Query {
    "For a viewer who has just proved something."
    fresh: String! @auth(or: [USER], maxAge: 1)
    "For a viewer who has proved two kinds of factors."
    twice: String! @auth(or: [USER], factors: 2)
  }
  "A note."
  interface Note {
    "Its text."
    text: String!
  }
  "A note for a viewer who has just proved something."
  type FreshNote implements Note {
    "Its text."
    text: String! @auth(or: [USER], maxAge: 1)
  }
  extend type Subscription {
    "Notes without an end."
    notes: Note! @auth(or: [USER])
    "Events without an end."
    freshEvents: Int! @auth(or: [USER], maxAge: 1)
    "No event and no end."
    freshSilence: Int! @auth(or: [USER], maxAge: 1)
  }`,
  resolvers: {
    Query: { fresh: () => 'fresh', twice: () => 'twice' },
    Subscription: {
      freshEvents: { subscribe: () => repeat({ freshEvents: 1 }) },
      notes: { subscribe: () => repeat({ notes: { __typename: 'FreshNote', text: 'fresh' } }) },
      freshSilence: { subscribe: () => createSilence() },
    },
  },
});

/** A source without an end. */
async function* repeat<Event>(event: Event): AsyncGenerator<Event> {
  for (;;) {
    yield event;
    await wait(20);
  }
}

/** A source without events, which ends when its reader leaves. */
function createSilence(): AsyncIterableIterator<never> {
  const leaving = new AbortController();
  const ended = { done: true, value: undefined } as const;
  return {
    next: async () => {
      await once(leaving.signal, 'abort');
      return ended;
    },
    async return() {
      leaving.abort();
      return ended;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** A project with a second factor: a code that is right once, of the users in `enrolled`. */
export interface CodeProject {
  readonly config: GatehouseConfig;
  /** The ids of the users who have the factor. */
  readonly enrolled: Set<string>;
}

export function createCodeProject(): CodeProject {
  const enrolled = new Set<string>();
  const spent = new Set<unknown>();
  const codes: GatehousePackage = {
    name: 'codes',
    factorKinds: [{ name: 'OTP', description: 'A code.', proves: 'possession', amr: ['otp'] }],
    domains: () => [
      defineDomain({
        name: 'codes',
        typeDefs: 'extend input Proof { "A code that begins with `right`." code: String }',
        resolvers: {},
      }),
    ],
    factors: async () => ({
      kinds: {
        code: {
          async check(code, { userId }) {
            if (userId === undefined || !String(code).startsWith('right')) return { wrong: 'code' };
            const spend = async () => !spent.has(code) && spent.add(code).has(code);
            return { userId, factor: 'OTP', spend };
          },
        },
      },
      due: async (_sql, userId, { names }) =>
        enrolled.has(userId) && !names.has('OTP') ? ['OTP'] : [],
      demands: () => new Map(),
      withoutFactor: async (ids) => new Set(ids.filter((id) => !enrolled.has(id))),
      enrolmentOpenUntil: async () => null,
    }),
  };
  return { config: defineConfig({ domains: [proven], packages: [codes] }), enrolled };
}
