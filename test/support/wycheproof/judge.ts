import { decodeProtectedHeader } from 'jose';
import type { Vector } from './vectors.ts';

/** Returns why a valid vector is refused by design, or undefined if it has to be accepted. */
export function reasonNotAccepted({ token, isEncrypted, published }: Vector): string | undefined {
  if (isEncrypted) return 'encryption (JWE) is not offered';
  if (!/^[\w.-]*$/.test(token)) return 'has characters outside base64url (RFC 7515, section 2)';
  const { alg = '' } = decodeProtectedHeader(token);
  if (alg.startsWith('HS')) return 'HMAC is not offered: its key must be secret';
  const others = published.map((key) => key.alg).filter((name) => name !== alg && name);
  if (others.length > 0) return 'the key is for another algorithm (RFC 7517, 4.4)';
  return undefined;
}

/** What became of a token: its signature was accepted, or it was refused because of the cause. */
export interface VectorOutcome {
  readonly accepted: boolean;
  readonly cause: unknown;
}

/** What a vector says of the product: it holds, it is refused by design with a reason, or it fails. */
export type Verdict =
  | { readonly kind: 'accepted' | 'refused' }
  | { readonly kind: 'not applicable'; readonly reason: string }
  | { readonly kind: 'failed'; readonly problem: string };

export function judge(vector: Vector, { accepted, cause }: VectorOutcome): Verdict {
  if (!vector.isValid) {
    return accepted ? failed(vector, 'is invalid, and was accepted') : { kind: 'refused' };
  }
  const reason = reasonNotAccepted(vector);
  if (reason === undefined) {
    return accepted ? { kind: 'accepted' } : failed(vector, `was refused: ${String(cause)}`);
  }
  if (accepted) return failed(vector, `was accepted, although ${reason}`);
  return { kind: 'not applicable', reason };
}

const failed = ({ title }: Vector, problem: string): Verdict => ({
  kind: 'failed',
  problem: `${title}: ${problem}`,
});

/** Counts the verdicts of vectors, and lists the reasons and problems. */
export function tally(verdicts: readonly Verdict[]) {
  const count = (kind: Verdict['kind']) => verdicts.filter((each) => each.kind === kind).length;
  const reasons = verdicts.flatMap((each) => (each.kind === 'not applicable' ? [each.reason] : []));
  return {
    cases: verdicts.length,
    accepted: count('accepted'),
    refused: count('refused'),
    notApplicable: Object.fromEntries(
      [...new Set(reasons)].map((each) => [each, reasons.filter((other) => other === each).length]),
    ),
    problems: verdicts.flatMap((each) => (each.kind === 'failed' ? [each.problem] : [])),
  };
}
