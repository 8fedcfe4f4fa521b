import {
  type KeyDescription,
  type KeyFileOptions,
  listSigningKeys,
} from '../authentication/keys/signing-keys-rotation.ts';
import { hasCode } from '../errors.ts';
import { type Check, ok, problem, warning } from '../values/check.ts';

export interface KeyCheckOptions extends KeyFileOptions {
  readonly createIfMissing: boolean;
}

const name = 'signing keys';
const maxAgeDays = 180;
const dayMs = 24 * 60 * 60 * 1000;

/** Checks that the keys for access tokens are usable, and the state of their rotation. */
export function checkKeys(options: KeyCheckOptions): Check {
  try {
    return checkRotation(listSigningKeys(options), options.now());
  } catch (error) {
    const found = error instanceof Error ? error.message : 'the file cannot be used';
    const isMissing = error instanceof Error && hasCode(error.cause, 'ENOENT');
    if (isMissing && options.createIfMissing) return ok(name, 'created at first start');
    return problem(
      name,
      found,
      isMissing ? createKeys : 'repair the file, or restore a backup of it',
    );
  }
}

const createKeys = 'run `keys rotate` once, then copy the file to every node';

/** Checks that a key signs, and that it is not too old. Pure. */
export function checkRotation(keys: readonly KeyDescription[], now: Date): Check {
  const signing = keys.find(({ state }) => state === 'signing');
  const states = keys.map(({ kid, state }) => `${kid.slice(0, 8)} ${state}`).join(', ');
  if (signing === undefined) return problem(name, `no key signs now: ${states}`, createKeys);
  const ageDays =
    signing.createdAt === null ? 0 : (now.getTime() - signing.createdAt.getTime()) / dayMs;
  if (ageDays > maxAgeDays && !keys.some(({ state }) => state === 'next')) {
    const found = `the signing key is ${Math.floor(ageDays)} days old: ${states}`;
    return warning(name, found, 'run `keys rotate`, preferably on a schedule');
  }
  return ok(name, states);
}
