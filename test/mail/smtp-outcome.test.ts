import { describe, expect, it } from 'vitest';
import { toErrorCode, toSending } from '../../packages/mail/src/outbox/smtp-outcome.ts';

const failed = { outcome: 'failed', mayHaveArrived: false, isServer: false };

describe('an error of an attempt', () => {
  it.each([
    ['a library that does not send the mail', { code: 'EENVELOPE', command: 'API' }, 'refused'],
    ['a mail that is too large', { code: 'EMESSAGE', command: 'MAIL FROM' }, 'refused'],
    [
      'a wrong order of commands',
      { code: 'EENVELOPE', responseCode: 503, command: 'RCPT TO' },
      'failed',
    ],
    ['DATA that is refused', { code: 'EENVELOPE', responseCode: 554, command: 'DATA' }, 'refused'],
    ['a server without TLS', { code: 'ETLS', responseCode: 502, command: 'STARTTLS' }, 'failed'],
    ['no such host', { code: 'EDNS', originalCode: 'ENOTFOUND', command: 'CONN' }, 'failed'],
  ])('of %s has an outcome', (_title, error, outcome) => {
    expect(toSending(error, false)).toMatchObject({ outcome });
  });

  it('leaves open whether the mail arrived, unless the server replied that it refuses it', () => {
    const inText = (facts: object) => toSending({ command: 'DATA', ...facts }, true);
    expect(inText({ code: 'EMESSAGE', responseCode: 451 })).toMatchObject({
      mayHaveArrived: false,
    });
    expect(inText({ code: 'EMESSAGE', responseCode: 354 })).toMatchObject({ mayHaveArrived: true });
    expect(inText({ code: 'EPROTOCOL', responseCode: 554 })).toMatchObject({
      mayHaveArrived: true,
    });
    expect(inText({ code: 'ETIMEDOUT' })).toMatchObject({ mayHaveArrived: true, isServer: true });
  });

  it('that is not one of the library concerns this mail alone', () => {
    expect(toSending(new TypeError('heron@example.org'), false)).toEqual({
      ...failed,
      code: 'UNKNOWN',
    });
    expect(toSending('heron@example.org', true)).toMatchObject({ mayHaveArrived: true });
  });

  it('has codes for logs, which are nothing but codes', () => {
    expect(toErrorCode({ code: 'ESOCKET', originalCode: 'ECONNREFUSED' })).toBe(
      'ESOCKET ECONNREFUSED',
    );
    expect(toErrorCode({ code: 'EENVELOPE', responseCode: 550, response: '550 heron' })).toBe(
      'EENVELOPE 550',
    );
    expect(toErrorCode({ code: 'heron@example.org', originalCode: 'a b' })).toBe('UNKNOWN UNKNOWN');
    expect(toErrorCode(undefined)).toBe('UNKNOWN');
  });
});
