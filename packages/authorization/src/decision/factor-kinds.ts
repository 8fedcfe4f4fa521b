import type { FactorKinds } from './proofs.ts';

/** A kind of factor: a means by which a viewer proves its identity. */
export interface FactorKind {
  /** In capitals, such as `OTP`. */
  readonly name: string;
  /** Something that the user knows, or something that the user has. */
  readonly proves: 'knowledge' | 'possession';
  /** Whether the device asks its user for a PIN or biometrics: possession, and one more kind, which may be that of a password. */
  readonly verifiesUser?: boolean;
}

/** No property of an object has such a name. */
const nameForm = /^[A-Z][A-Z0-9_]{0,63}$/;

const bits: ReadonlyMap<unknown, number> = new Map([
  ['knowledge', 1],
  ['possession', 2],
]);

/**
 * Compiles kinds of factors, once at start.
 *
 * @throws {TypeError} for a wrong kind, and for a second one of the same name.
 */
export function compileFactorKinds(rows: readonly FactorKind[]): FactorKinds {
  const kinds = new Map<string, number>();
  for (const { name, proves, verifiesUser = false } of rows) {
    const proved = bits.get(proves);
    const isSound =
      nameForm.test(name) &&
      proved !== undefined &&
      (verifiesUser === false || (verifiesUser === true && proves === 'possession'));
    if (!isSound) throw new TypeError(`The kind of factor ${JSON.stringify(name)} is not valid.`);
    if (kinds.has(name)) throw new TypeError(`There are two kinds of factors ${name}.`);
    kinds.set(name, verifiesUser ? 3 : proved);
  }
  return kinds;
}
