import { createPublicKey, verify } from 'node:crypto';

type Ed25519Jwk = ReturnType<typeof toJwk>;

/**
 * Keys of Ed25519 whose points have the order 1, 2, 4 or 8, in all encodings that Node.js reads (Chalkias and others,
 * "Taming the Many EdDSAs", 2020). The bytes are in the order of RFC 8032, the least first.
 */
export const weakKeys = [
  { what: 'order 1', hex: `01${'00'.repeat(31)}` },
  { what: 'order 1, y not reduced', hex: `ee${'ff'.repeat(30)}7f` },
  { what: 'order 2', hex: `ec${'ff'.repeat(30)}7f` },
  { what: 'order 4', hex: '00'.repeat(32) },
  { what: 'order 4, y not reduced', hex: `ed${'ff'.repeat(30)}7f` },
  { what: 'order 8', hex: '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05' },
  { what: 'order 8, -y', hex: 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a' },
].flatMap(({ what, hex }) => [
  { what, jwk: toJwk(hex, 0) },
  { what: `${what}, sign bit`, jwk: toJwk(hex, 0x80) },
]);

function toJwk(hex: string, sign: 0 | 0x80) {
  const bytes = Buffer.from(hex, 'hex');
  bytes.writeUInt8(bytes.readUInt8(31) | sign, 31);
  return { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') };
}

/**
 * Makes a signature without a private key: R is the neutral point, and S is 0. It verifies for the text that is returned
 * with it; on Node.js 24 for none, whose OpenSSL refuses such keys itself.
 */
export function forgeSignature(jwk: Ed25519Jwk, textOf: (attempt: string) => string) {
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const signature = Buffer.concat([Buffer.of(1), Buffer.alloc(63)]);
  let text = '';
  for (let attempt = 0; attempt < 500; attempt += 1) {
    text = textOf(String(attempt));
    if (verify(null, Buffer.from(text), key, signature)) break;
  }
  return { text, signature };
}
