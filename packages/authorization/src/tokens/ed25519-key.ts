/** The prime of the field (RFC 8032, 5.1). */
const prime = 2n ** 255n - 19n;

/**
 * Returns why anyone could forge signatures of an encoded public key (RFC 8032, 5.1.2), or undefined. Pure.
 *
 * A point of order 1, 2, 4 or 8 verifies the signature with R = the neutral point and S = 0 for one message in 8 or
 * more (RFC 8032, 5.1.7), so a forger only varies the message.
 */
export function problemOfEd25519Key(encoded: Uint8Array): string | undefined {
  return hasSmallOrder(toY(encoded)) ? 'its point has a small order' : undefined;
}

/**
 * Converts an encoded point to its y, without the sign of x. It is reduced, because implementations accept a y of the
 * prime or more, and a sign of x = 0: 14 encodings name the 8 points of small order (Chalkias and others, "Taming the
 * Many EdDSAs", 2020).
 */
const toY = (encoded: Uint8Array): bigint =>
  (encoded.reduceRight((number, byte) => number * 256n + BigInt(byte), 0n) % 2n ** 255n) % prime;

/**
 * Whether the points of a y have an order of 1 or 2 (x = 0, so y² = 1), 4 (y = 0) or 8. The double of the last has
 * y = 0, so x² = -y², and the curve -x² + y² = 1 + dx²y² with d = -121665/121666 becomes
 * 121665y⁴ - 243332y² + 121666 = 0.
 */
function hasSmallOrder(y: bigint): boolean {
  const square = y * y;
  const ofOrder8 = 121665n * square * square - 243332n * square + 121666n;
  return (y * (square - 1n) * ofOrder8) % prime === 0n;
}
