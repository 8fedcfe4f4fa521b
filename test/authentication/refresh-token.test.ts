import { createHash, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { createRefreshToken, hashRefreshToken } from '../../src/authentication/refresh-token.ts';

it('spells 32 random bytes in base64url', () => {
  const sizes: number[] = [];
  const { token } = createRefreshToken((size) => {
    sizes.push(size);
    return new Uint8Array(size).fill(0xff);
  });
  expect(sizes).toEqual([32]);
  expect(token).toBe('__________________________________________8');
});

it('gives with the token the hash under which it is found again', () => {
  const { token, hash } = createRefreshToken(randomBytes);
  expect(hashRefreshToken(token)).toEqual(hash);
  expect(hash).toEqual(new Uint8Array(createHash('sha256').update(token).digest()));
});

it('hashes two tokens differently', () => {
  const [one, other] = [createRefreshToken(randomBytes), createRefreshToken(randomBytes)];
  expect(one.token).not.toBe(other.token);
  expect(one.hash).not.toEqual(other.hash);
});
