import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  codeAt,
  findStep,
  parseCode,
  stepAt,
  toBase32,
  toKeyUri,
} from '../../packages/factors/src/totp/totp.ts';

const at = (seconds: number) => new Date(seconds * 1000);
const secret = Buffer.from('12345678901234567890');

describe('the codes of authenticator apps', () => {
  it.each([
    { seconds: 59, code: '94287082' },
    { seconds: 1_111_111_109, code: '07081804' },
    { seconds: 1_111_111_111, code: '14050471' },
    { seconds: 1_234_567_890, code: '89005924' },
    { seconds: 2_000_000_000, code: '69279037' },
    { seconds: 20_000_000_000, code: '65353130' },
  ])('are those of RFC 6238, Appendix B: $code at $seconds s', ({ seconds, code }) => {
    expect(codeAt({ secret, digits: 8 }, at(seconds))).toBe(code);
    expect(findStep({ secret, digits: 8 }, code, at(seconds))).toBe(Math.floor(seconds / 30));
  });

  it.each([
    { offBy: 0, isRight: true },
    { offBy: 30, isRight: true },
    { offBy: -30, isRight: true },
    { offBy: 90, isRight: false },
    { offBy: -90, isRight: false },
    { offBy: 60, isRight: false },
    { offBy: -60, isRight: false },
  ])('are right on a clock that is off by $offBy s: $isRight', ({ offBy, isRight }) => {
    const now = at(1_800_000_000);
    const code = codeAt({ secret }, at(1_800_000_000 + offBy));
    const step = Math.floor((1_800_000_000 + offBy) / 30);
    expect(findStep({ secret }, code, now)).toBe(isRight ? step : undefined);
  });

  it('name the step that they are of, at every time', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 20, maxLength: 20 }),
        fc.integer({ min: 0, max: 4_000_000_000 }),
        (bytes, seconds) => {
          const code = codeAt({ secret: bytes }, at(seconds));
          // Two of three steps can have the same code.
          const step = findStep({ secret: bytes }, code, at(seconds));
          expect(Math.abs(Number(step) - stepAt(at(seconds)))).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it.each([
    { text: '123456', code: '123456' },
    { text: ' 123 456 ', code: '123456' },
    { text: '12345', code: undefined },
    { text: '1234567', code: undefined },
    { text: '12345a', code: undefined },
    { text: '１２３４５６', code: undefined },
    { text: '', code: undefined },
    { text: `123456${' '.repeat(100_000)}`, code: undefined },
  ])('have six digits, apart from spaces: "$text"', ({ text, code }) => {
    expect(parseCode(text)).toBe(code);
  });
});

it('gives apps a URI with the secret, the issuer and the account', () => {
  const uri = toKeyUri({ secret, issuer: 'My: API', account: 'ada lovelace' });
  expect(Object.fromEntries(new URL(uri).searchParams)).toEqual({
    issuer: 'My: API',
    secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
    algorithm: 'SHA1',
    digits: '6',
    period: '30',
  });
  expect(uri).toMatch(/^otpauth:\/\/totp\/My%3A%20API:ada%20lovelace\?/);
  expect(toBase32(Buffer.from('--12345678901234567890').subarray(2))).toBe(
    'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
  );
});
