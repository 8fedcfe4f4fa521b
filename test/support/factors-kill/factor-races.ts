import type { Answer } from '../ask.ts';
import { createTestPasskey } from '../authenticator.ts';
import { challengeOf, codeOf, outcomeOf } from '../factors-server.ts';
import { type TestUser, userPassword } from '../test-server.ts';
import {
  demandingGroup,
  type FactorsClient,
  type FactorsNodes,
  pageOrigin,
  requireDone,
} from './factors-nodes.ts';

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

/** What came of races: how often each pair of outcomes, and what did not hold. */
export interface RaceTally {
  readonly outcomes: Record<string, number>;
  readonly faults: string[];
}

/** Runs a race again and again, with another user in each round. */
export async function runRace(
  { nodes, client, forgetAttempts }: FactorsNodes,
  { name, prepare }: Race,
  rounds: number,
): Promise<RaceTally> {
  const tally: RaceTally = { outcomes: {}, faults: [] };
  const [one, other] = nodes.map(({ url }) => client(url));
  if (one === undefined || other === undefined) throw new Error('Two nodes are needed.');
  for (let round = 0; round < rounds; round += 1) {
    await forgetAttempts();
    const { requests, check } = await prepare({ one, other });
    // Each of the two is sent first in half of the rounds.
    const isTurned = round % 2 === 1;
    const sent = (isTurned ? requests.toReversed() : requests).map((request) => request());
    const answers = await Promise.all(isTurned ? sent.toReversed() : sent);
    const outcome = answers.map(outcomeOf).join(', ');
    tally.outcomes[outcome] = (tally.outcomes[outcome] ?? 0) + 1;
    for (const fault of await check(answers)) tally.faults.push(`${name} ${round}: ${fault}`);
  }
  return tally;
}

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
    const owner = await aPasskeySession(one);
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
    const { passkey } = await aPasskeySession(one);
    const { options, challenge } = await passkeyOptions(one);
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
      const { accessToken: token, id, factorId, passkey } = await aPasskeySession(one);
      const { options } = await passkeyOptions(one);
      const second = await addPasskey(one, token, { passkey: passkey.get(options) });
      requireDone(await grant(one, id, await one.anAdmin()));
      return removing({ one, token, id }, [
        () => one.ask(remove, { token, variables: { id: factorId } }),
        () => other.ask(remove, { token, variables: { id: second.factorId } }),
      ]);
    },
  },
  {
    name: 'a removal beside a grant of a group that demands a factor',
    async prepare({ one, other }) {
      const { accessToken: token, id, factorId } = await aPasskeySession(one);
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

const removing = (
  { one, id }: { one: FactorsClient; token: string; id: string },
  requests: PreparedRace['requests'],
): PreparedRace => ({
  requests,
  async check(answers) {
    const left = await factorsLeft(one, id);
    const removed = answers.filter(({ status }) => status === 200).length;
    return left === 1 && removed === 1 ? [] : [`${left} factors left, ${removed} removed`];
  },
});

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

/** A user with one passkey, and a session that has just proved it. */
async function aPasskeySession(client: FactorsClient) {
  const user = await client.aUser();
  const { passkey, factorId, recoveryCodes } = await addPasskey(client, user.accessToken);
  const { options, challenge } = await passkeyOptions(client);
  const answer = await client.complete(challenge, { passkey: passkey.get(options) });
  const { accessToken } = requireDone(answer).data.completeLogin;
  return { ...user, accessToken: String(accessToken), passkey, factorId, recoveryCodes };
}

async function addPasskey(
  client: FactorsClient,
  token: string,
  proof: object = { password: userPassword },
) {
  const passkey = createTestPasskey({ origin: pageOrigin });
  const begin = 'mutation ($p: Proof!) { beginPasskey(proof: $p) }';
  const begun = requireDone(await client.ask(begin, { token, variables: { p: proof } }));
  const query = `mutation ($r: String!) { addPasskey(response: $r) { factor { id } recoveryCodes } }`;
  const variables = { r: passkey.create(begun.data.beginPasskey) };
  const { data } = requireDone(await client.ask(query, { token, variables }));
  const { factor, recoveryCodes } = data.addPasskey;
  return { passkey, factorId: String(factor.id), recoveryCodes };
}

const passkeyOptions = async (client: FactorsClient) =>
  requireDone(await client.ask('{ passkeyOptions { options challenge } }')).data.passkeyOptions;
