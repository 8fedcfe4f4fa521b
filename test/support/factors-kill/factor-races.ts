import type { Answer } from '../ask.ts';
import { challengeOf, codeOf, outcomeOf } from '../factors-server.ts';
import { requireDone, type TestUser, userPassword } from '../node-client.ts';
import type { Rounds } from '../rounds.ts';
import { demandingGroup, type FactorsClient, type FactorsNodes } from './factors-nodes.ts';

/** A client at each of two nodes. */
export interface TwoClients {
  readonly one: FactorsClient;
  readonly other: FactorsClient;
}

/** Two requests to send at once, and what must hold when both were answered. */
export interface Race {
  readonly name: string;
  prepare(clients: TwoClients): Promise<PreparedRace>;
}

interface PreparedRace {
  readonly requests: readonly (() => Promise<Answer>)[];
  /** Returns what does not hold. */
  check(answers: readonly Answer[]): Promise<readonly string[]>;
}

/** A race, with another user in each round. */
export const factorRaces = (
  start: () => Promise<FactorsNodes>,
  { name, prepare }: Race,
): Rounds<FactorsNodes, number> => ({
  start,
  async work({ urls: [first, second], client, forgetAttempts }, round, found) {
    await forgetAttempts();
    const { requests, check } = await prepare({ one: client(first), other: client(second) });
    // Each of the two is sent first in half of the rounds.
    const isTurned = round % 2 === 1;
    const sent = (isTurned ? requests.toReversed() : requests).map((request) => request());
    const answers = await Promise.all(isTurned ? sent.toReversed() : sent);
    found.count(answers.map(outcomeOf).join(', '));
    for (const fault of await check(answers)) found.fault(`${name}: ${fault}`);
  },
  figure: (found) =>
    `${name}: ${found.rounds} rounds, ${found.faults.length} faults: ${found.listed()}`,
});

/** Changes that end all sessions of a user, or all others, beside the completion of a login. */
const endings: readonly Ending[] = [
  { name: 'disableUser', by: 'admin', field: 'disableUser(id: $id) { id }' },
  { name: 'resetFactors', by: 'admin', field: 'resetFactors(userId: $id) { id }' },
  {
    name: 'resetPassword',
    by: 'admin',
    field: 'resetPassword(userId: $id, newPassword: "basalt-otter-17-quill") { id }',
  },
  { name: 'logoutEverywhere', by: 'user', field: 'logoutEverywhere' },
  {
    name: 'changePassword',
    by: 'user',
    field: `changePassword(currentPassword: "${userPassword}", newPassword: "basalt-otter-17-quill") { accessToken }`,
  },
  { name: 'removeFactor', by: 'user', field: 'removeFactor(id: $id)' },
];

interface Ending {
  readonly name: string;
  readonly by: 'admin' | 'user';
  readonly field: string;
}

const endingRace = ({ name, by, field }: Ending): Race => ({
  name: `${name} beside completeLogin`,
  async prepare({ one, other }) {
    const owner = await one.aPasskeySession();
    const challenge = challengeOf(await one.logIn(owner));
    const proof = { recoveryCode: owner.recoveryCodes[0] };
    const token = by === 'admin' ? (await one.anAdmin()).accessToken : owner.accessToken;
    const id = name === 'removeFactor' ? owner.factorId : owner.id;
    const query = field.includes('$id')
      ? `mutation ($id: ID!) { ${field} }`
      : `mutation { ${field} }`;
    return {
      requests: [
        () => one.ask(query, { token, variables: field.includes('$id') ? { id } : {} }),
        () => other.complete(challenge, proof),
      ],
      async check([ended, completed]) {
        const faults = ended?.status === 200 ? [] : [`not ended: ${ended?.text}`];
        const opened = completed?.data?.completeLogin?.accessToken;
        if (opened === undefined) return faults;
        const alive = await Promise.all([one, other].map((node) => isAlive(node, opened)));
        return alive.includes(true)
          ? [...faults, 'a session lives that was opened before']
          : faults;
      },
    };
  },
});

/** Two uses of one proof, with two challenges or with one. */
const useRace = (
  name: string,
  prepareUses: (clients: TwoClients) => Promise<readonly [Use, Use]>,
): Race => ({
  name,
  async prepare(clients) {
    const [first, second] = await prepareUses(clients);
    return {
      requests: [
        () => clients.one.complete(first.challenge, first.proof),
        () => clients.other.complete(second.challenge, second.proof),
      ],
      async check(answers) {
        const count = answers.filter(({ status }) => status === 200).length;
        return count === 1 ? [] : [`${count} were right`];
      },
    };
  },
});

interface Use {
  readonly challenge: string;
  readonly proof: object;
}

const uses: readonly Race[] = [
  useRace('two uses of one code', async ({ one, other }) => {
    const user = await one.aUser();
    const { secret } = await one.addApp(user);
    const proof = { otp: codeOf(secret, new Date(Date.now() + 30_000)) };
    return [await beginWith(one, user, proof), await beginWith(other, user, proof)];
  }),
  useRace('two uses of one recovery code', async ({ one, other }) => {
    const user = await one.aUser();
    const { recoveryCodes } = await one.addApp(user);
    const proof = { recoveryCode: recoveryCodes[0] };
    return [await beginWith(one, user, proof), await beginWith(other, user, proof)];
  }),
  useRace('two uses of one challenge', async ({ one }) => {
    const user = await one.aUser();
    const { recoveryCodes } = await one.addApp(user);
    const first = await beginWith(one, user, { recoveryCode: recoveryCodes[0] });
    return [first, { ...first, proof: { recoveryCode: recoveryCodes[1] } }];
  }),
  useRace('two uses of one answer of a passkey', async ({ one }) => {
    const { passkey } = await one.aPasskeySession();
    const { options, challenge } = await one.passkeyOptions();
    const use = { challenge, proof: { passkey: passkey.get(options) } };
    return [use, use];
  }),
];

const beginWith = async (client: FactorsClient, user: TestUser, proof: object): Promise<Use> => ({
  challenge: challengeOf(await client.logIn(user)),
  proof,
});

/** Of an account whose group demands a factor, one must remain. */
const demandRaces: readonly Race[] = [
  {
    name: 'two removals of the last two factors',
    async prepare({ one, other }) {
      const { accessToken: token, id, factorId, passkey } = await one.aPasskeySession();
      const { options } = await one.passkeyOptions();
      const second = await one.addPasskey(token, { passkey: passkey.get(options) });
      requireDone(await grant(one, id, await one.anAdmin()));
      return {
        requests: [
          () => one.ask(remove, { token, variables: { id: factorId } }),
          () => other.ask(remove, { token, variables: { id: second.factorId } }),
        ],
        async check(answers) {
          const left = await factorsLeft(one, id);
          const removed = answers.filter(({ status }) => status === 200).length;
          return left === 1 && removed === 1 ? [] : [`${left} factors left, ${removed} removed`];
        },
      };
    },
  },
  {
    name: 'a removal beside a grant of a group that demands a factor',
    async prepare({ one, other }) {
      const { accessToken: token, id, factorId } = await one.aPasskeySession();
      const admin = await one.anAdmin();
      return {
        requests: [
          () => one.ask(remove, { token, variables: { id: factorId } }),
          () => grant(other, id, admin),
        ],
        async check([removed, granted]) {
          const left = await factorsLeft(one, id);
          const isRemoved = removed?.status === 200;
          if (granted?.status !== 200) return [`not granted: ${granted?.text}`];
          return (left === 0) === isRemoved ? [] : [`${left} factors, removed: ${isRemoved}`];
        },
      };
    },
  },
];

const remove = 'mutation ($id: ID!) { removeFactor(id: $id) }';

/** All races. */
export const races: readonly Race[] = [...endings.map(endingRace), ...uses, ...demandRaces];

const isAlive = async (client: FactorsClient, token: string): Promise<boolean> =>
  (await client.ask('{ me { id } }', { token })).status === 200;

function grant(
  client: FactorsClient,
  userId: string,
  { accessToken: token }: Pick<TestUser, 'accessToken'>,
): Promise<Answer> {
  const query = `mutation ($id: ID!) { grantGroup(userId: $id, group: ${demandingGroup}) { id } }`;
  return client.ask(query, { token, variables: { id: userId } });
}

async function factorsLeft(client: FactorsClient, id: string): Promise<number> {
  const { accessToken: token } = await client.anAdmin();
  const query = 'query ($id: ID!) { user(id: $id) { secondFactors { id } } }';
  const answer = requireDone(await client.ask(query, { token, variables: { id } }));
  return answer.data.user.secondFactors.length;
}
