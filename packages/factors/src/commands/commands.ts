import { defineCommand, readRows } from 'graphql-gatehouse/package';
import { z } from 'zod';
import { openForEnrolment, resetFactors } from '../account/administration.ts';
import type { Parts } from '../parts.ts';
import { abandonKey } from './abandon-key.ts';
import { rotateKey } from './rotate-key.ts';

const user = { type: 'string', description: 'the username, or the id' } as const;

/** The commands of the package. The operating system authorizes them. */
export const commands = {
  'factors-reset': defineCommand({
    description: 'remove all factors of a user, end all sessions, and open enrolment for 24 hours',
    arguments: { user },
    async run(parts: Parts, { user: name }) {
      await resetFactors(parts, { userId: await findUser(parts, name) });
      return `removed all factors of ${name}`;
    },
  }),
  'factors-open-enrolment': defineCommand({
    description: 'let a user enrol a first factor for 24 hours',
    arguments: { user },
    async run(parts: Parts, { user: name }) {
      const until = await openForEnrolment(parts, { userId: await findUser(parts, name) });
      return `${name} may enrol until ${until.toISOString()}`;
    },
  }),
  'factors-rotate-key': defineCommand({
    description: 'encrypt all secrets under the newest key of FACTORS_KEYS',
    async run(parts: Parts) {
      const { done, failed } = await rotateKey(parts);
      const lines = [`encrypted ${done} secrets under version ${parts.keys.newestVersion}`];
      if (failed > 0) lines.push(`${failed} secrets cannot be decrypted: reset their users`);
      return lines.join('\n');
    },
  }),
  'factors-abandon-key': defineCommand({
    description: 'give up the secrets of a lost key, whose users need another factor then',
    arguments: { keyVersion: { type: 'number', description: 'the version of the key' } },
    async run(parts: Parts, { keyVersion }) {
      const count = await abandonKey(parts, keyVersion);
      return `gave up the secrets of ${count} authenticator apps`;
    },
  }),
};

/** Returns the id of the user with a username, in any case, or with an id. @throws NOT_FOUND. */
async function findUser({ sql, errors }: Parts, name: string): Promise<string> {
  const [user, ...others] = await readRows(sql, z.object({ id: z.string() }))`
    SELECT id::text FROM gatehouse.people
    WHERE lower(username) = lower(${name}) OR id::text = lower(${name})`;
  if (user === undefined || others.length > 0) throw errors.notFound('user');
  return user.id;
}
