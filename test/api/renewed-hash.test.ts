import bcrypt from 'bcrypt';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import type { TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer, userPassword } from '../support/test-server.ts';

let passedMs = 0;
let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  server = await startTestServer({
    environment: { BCRYPT_COST: '5' },
    now: () => new Date(Date.now() + passedMs),
  });
  user = await server.aUser('STAFF');
});
afterAll(() => server.stop());

async function storedHash(): Promise<string> {
  const where = { id: user.id };
  return (await server.connection.database.user.findUniqueOrThrow({ where })).passwordHash;
}

async function storeHashOfCost(cost: number): Promise<string> {
  const passwordHash = await bcrypt.hash(userPassword, cost);
  const where = { id: user.id };
  await server.connection.database.user.update({ where, data: { passwordHash } });
  return passwordHash;
}

const logIn = async (password: string): Promise<number> => {
  const query = `mutation ($p: String!) { login(username: "${user.username}", password: $p) { tokenType } }`;
  return (await server.ask(query, { variables: { p: password } })).status;
};

it.each([4, 6])('a login renews a hash of the cost %d, and the password stays', async (cost) => {
  await storeHashOfCost(cost);
  expect(await logIn(userPassword)).toBe(200);
  expect(bcrypt.getRounds(await storedHash())).toBe(5);
  expect(await logIn(userPassword)).toBe(200);
  expect(await logIn('a-wrong-password-for-this')).toBe(401);
});

it('a login leaves a hash of the cost that is set', async () => {
  const hash = await storeHashOfCost(5);
  expect(await logIn(userPassword)).toBe(200);
  expect(await storedHash()).toBe(hash);
});

it('a wrong password renews no hash', async () => {
  const hash = await storeHashOfCost(4);
  expect(await logIn('a-wrong-password-for-this')).toBe(401);
  expect(await storedHash()).toBe(hash);
});

it('concurrent logins that renew the same hash all succeed', async () => {
  for (let round = 0; round < 3; round += 1) {
    await storeHashOfCost(4);
    const logins = Array.from({ length: 8 }, () => logIn(userPassword));
    expect(await Promise.all(logins)).toEqual(Array(8).fill(200));
    expect(bcrypt.getRounds(await storedHash())).toBe(5);
  }
});

it.each([
  { stored: 7, worth: 7 },
  { stored: 4, worth: 5 },
])(
  'a refused login does the work of the cost $worth while the highest stored one is $stored',
  async ({ stored, worth }) => {
    await storeHashOfCost(stored);
    passedMs += 5 * 60 * 1000; // then the highest cost is read again
    const compare = vi.spyOn(bcrypt, 'compare');
    onTestFinished(() => compare.mockRestore());
    for (const username of [user.username, 'admin', 'unknown-user']) {
      compare.mockClear();
      const query = `mutation { login(username: "${username}", password: "a-wrong-one") { tokenType } }`;
      expect((await server.ask(query)).reason).toBe('BAD_CREDENTIALS');
      const rounds = compare.mock.calls.map(([, hash]) => 2 ** bcrypt.getRounds(hash));
      const work = rounds.reduce((sum, each) => sum + each, 0);
      expect([username, work]).toEqual([username, 2 ** worth]);
    }
  },
);
