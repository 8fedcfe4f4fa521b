import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { forAll } from '../authorization/property-run.ts';
import { outcomeOf, startFactorsServer } from '../support/factors-server.ts';
import { timesOf } from '../support/sample.ts';
import { type TestServer, type TestUser, userPassword } from '../support/test-server.ts';

const hour = 60 * 60;
const day = 24 * hour;
const otherPassword = 'cobalt-heron-window-41-moss';
let nowMs = Date.parse('2026-05-01T12:00:00Z');
const pass = (seconds: number) => {
  nowMs += seconds * 1000;
};
let server: TestServer;
let program = '';
const people = ['ada', 'bob', 'eve'] as const;
type Person = (typeof people)[number];
const users = new Map<Person, TestUser>();
beforeAll(async () => {
  server = await startFactorsServer({ now: () => new Date(nowMs) });
  for (const name of people) users.set(name, await server.aUser('ADMIN'));
  const made = await server.ask(
    'mutation { createApiClient(name: "a", groups: [ADMIN]) { secret } }',
    { token: (await server.logIn('admin', 'violet-otter-ladder-93-quay')).accessToken },
  );
  program = made.data.createApiClient.secret;
});
afterAll(() => server.stop());

const passwords = new Map<Person, string>();
const tokenOf = async (by: Step['by']): Promise<string> =>
  by === 'program'
    ? program
    : (await server.logIn(nameOf(by), passwords.get(by) ?? userPassword)).accessToken;
const nameOf = (person: Person): string => users.get(person)?.username ?? '';

let addresses = 0;
const fields = {
  resetFactors: () => 'resetFactors(userId: $id) { id }',
  openEnrolment: () => 'openEnrolment(userId: $id)',
  resetPassword: () => `resetPassword(userId: $id, newPassword: "${otherPassword}") { id }`,
  setAddress() {
    addresses += 1;
    return `updateUser(id: $id, input: { email: "e${addresses}@example.org" }) { id }`;
  },
} as const;
/** What opens an account and is no act that duties separate. */
const openings = {
  enable: ['disableUser(id: $id) { id }', 'enableUser(id: $id) { id }'],
  promote: [
    'revokeGroup(userId: $id, group: ADMIN) { id }',
    'grantGroup(userId: $id, group: ADMIN) { id }',
  ],
} as const;

interface Step {
  readonly by: Person | 'program';
  readonly to: Person;
  readonly does: keyof typeof fields | keyof typeof openings;
  /** How many hours pass before it. */
  readonly hours: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  by: fc.constantFrom(...people, 'program' as const),
  to: fc.constantFrom(...people),
  does: fc.constantFrom(
    'resetFactors',
    'resetPassword',
    'openEnrolment',
    'setAddress',
    'enable',
    'promote',
  ),
  hours: fc.constantFrom(0, 0, 1, 11, 23, 24),
});

/** Does a step, and returns what the last request was answered. */
async function take({ by, to, does }: Step): Promise<string> {
  const token = await tokenOf(by);
  const id = users.get(to)?.id;
  let outcome = '';
  for (const field of does === 'enable' || does === 'promote' ? openings[does] : [fields[does]()]) {
    const text = `mutation ($id: ID!) { ${field} }`;
    outcome = outcomeOf(await server.ask(text, { token, variables: { id } }));
  }
  return outcome;
}

/** The rule, as the guide has it. Returns whether a step is refused, and remembers it otherwise. */
function createOracle() {
  const opened = new Map<Step['by'], number>();
  const done: { to: Person; by: string; duty: string; at: number }[] = [];
  const isRecent = (at = 0) => nowMs - at < day * 1000;
  return ({ by, to, does }: Step): boolean => {
    const duty = duties.get(does);
    const who = by === 'program' || isRecent(opened.get(by)) ? 'anyone' : by;
    const isRefused = done.some(
      (each) =>
        each.to === to &&
        isRecent(each.at) &&
        duty !== undefined &&
        each.duty !== duty &&
        (each.by === who || each.by === 'anyone' || who === 'anyone'),
    );
    if (isRefused) return true;
    opened.set(to, nowMs);
    if (duty !== undefined) done.push({ to, by: who, duty, at: nowMs });
    return false;
  };
}

const duties: ReadonlyMap<Step['does'], string> = new Map([
  ['resetFactors', 'FACTORS'],
  ['openEnrolment', 'FACTORS'],
  ['resetPassword', 'CREDENTIALS'],
  ['setAddress', 'CREDENTIALS'],
]);

it('never lets one person get both the factors and the password of an account within a day', async () => {
  const tally = { refusals: 0, done: 0 };
  await forAll({
    file: 'test/api/separate-duties.properties.test.ts',
    arbitrary: fc.array(step, { minLength: 4, maxLength: 12 }),
    numRuns: timesOf(100, 6),
    async check(steps) {
      // What was done before does not count any more.
      pass(2 * day);
      const isRefused = createOracle();
      for (const each of steps.filter(({ by, to }) => by !== to)) {
        pass(each.hours * hour);
        const expected = isRefused(each);
        const outcome = await take(each);
        expect([
          each,
          outcome.startsWith('409 CONFLICT SEPARATE_DUTIES'),
          outcome.startsWith('200'),
        ]).toEqual([each, expected, !expected]);
        tally[expected ? 'refusals' : 'done'] += 1;
        if (!expected && each.does === 'resetPassword') passwords.set(each.to, otherPassword);
      }
      return undefined;
    },
    tally,
    isEnough: () => tally.refusals > 0 && tally.done > tally.refusals,
  });
});
