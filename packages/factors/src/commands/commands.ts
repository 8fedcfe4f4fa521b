import type { GatehousePackage } from 'graphql-gatehouse';
import { openForEnrolment, resetFactors } from '../account/administration.ts';
import type { PartsOf } from '../parts.ts';
import type { FactorsSettings } from '../settings.ts';
import { abandonKey } from './abandon-key.ts';
import { findUser } from './find-user.ts';
import { rotateKey } from './rotate-key.ts';

type Commands = NonNullable<GatehousePackage<FactorsSettings>['commands']>;

const user = { type: 'string', description: 'the username, or the id' } as const;

/** Creates the commands of the package. The operating system authorizes them. */
export const createCommands = (partsOf: PartsOf): Commands => ({
  'factors-reset': {
    description: 'remove all factors of a user, end all sessions, and open enrolment for 24 hours',
    arguments: { user },
    async run(runtime, input) {
      const userId = await findUser(runtime, String(input.user));
      await resetFactors(await partsOf(runtime), { userId });
      return `removed all factors of ${String(input.user)}`;
    },
  },
  'factors-open-enrolment': {
    description: 'let a user enrol a first factor for 24 hours',
    arguments: { user },
    async run(runtime, input) {
      const userId = await findUser(runtime, String(input.user));
      const until = await openForEnrolment(await partsOf(runtime), { userId });
      return `${String(input.user)} may enrol until ${until.toISOString()}`;
    },
  },
  'factors-rotate-key': {
    description: 'encrypt all secrets under the newest key of FACTORS_KEYS',
    async run(runtime) {
      const parts = await partsOf(runtime);
      const { done, failed } = await rotateKey(parts);
      const lines = [`encrypted ${done} secrets under version ${parts.keys.newestVersion}`];
      if (failed > 0) lines.push(`${failed} secrets cannot be decrypted: reset their users`);
      return lines.join('\n');
    },
  },
  'factors-abandon-key': {
    description: 'give up the secrets of a lost key, whose users need another factor then',
    arguments: { keyVersion: { type: 'number', description: 'the version of the key' } },
    async run(runtime, input) {
      const count = await abandonKey(await partsOf(runtime), Number(input.keyVersion));
      return `gave up the secrets of ${count} authenticator apps`;
    },
  },
});
