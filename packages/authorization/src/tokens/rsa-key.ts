/** The least modulus of RFC 7518, sections 3.3 and 3.5. */
const minModulusBits = 2048;

/** Primes that divide the generator's constant at every key size, so that each gives evidence. */
const fingerprintPrimes = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101,
  103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/** The numbers of a public key (RFC 8017, 3.1). */
export interface RsaNumbers {
  readonly modulus: bigint;
  readonly exponent: bigint;
}

/** Returns why anyone could forge signatures of a key, or undefined. Pure. */
export function problemOfRsaKey({ modulus, exponent }: RsaNumbers): string | undefined {
  const bits = modulus.toString(2).length;
  if (bits < minModulusBits) return `its modulus has ${bits} bits of at least ${minModulusBits}`;
  // With an exponent of 1, a signature is the padded hash of its message.
  if (exponent < 3n || exponent % 2n === 0n) return `its public exponent is ${exponent}`;
  if (hasRocaFingerprint(modulus)) return 'its modulus can be factored (ROCA, CVE-2017-15361)';
  return undefined;
}

/**
 * Whether a modulus has the form that some smart cards and TPMs of 2012 to 2017 generated: a power of 65537 modulo each
 * of the first primes (Nemec and others, "The Return of Coppersmith's Attack", 2017, section 2.2). Of random moduli,
 * one in 200 million has it by chance.
 */
const hasRocaFingerprint = (modulus: bigint): boolean =>
  fingerprintPrimes.every((prime) => powersOf65537(prime).has(Number(modulus % BigInt(prime))));

function powersOf65537(prime: number): ReadonlySet<number> {
  const powers = new Set<number>();
  for (let power = 1; !powers.has(power); power = (power * 65537) % prime) powers.add(power);
  return powers;
}
