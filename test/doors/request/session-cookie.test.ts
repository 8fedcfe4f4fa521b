import { describe, expect, it } from 'vitest';
import {
  readSessionCookie,
  type SessionCookieOptions,
  toSetCookie,
} from '../../../src/doors/request/session-cookie.ts';

const value = `${'v'.repeat(42)}A`;
const now = new Date('2026-01-01T00:00:00Z');
const cookie = { value, expiresAt: new Date('2026-01-31T00:00:00Z') };
const strict: SessionCookieOptions = { sameSite: 'strict', allowsInsecure: true };

const targets = [
  { host: 'api.example.com', isEncrypted: true, name: '__Host-gatehouse' },
  { host: 'api.example.com', isEncrypted: false, name: '__Host-gatehouse' },
  { host: 'localhost:4000', isEncrypted: true, name: '__Host-gatehouse' },
  { host: 'localhost:4000', isEncrypted: false, name: 'gatehouse-dev' },
  { host: 'app.localhost:4000', isEncrypted: false, name: 'gatehouse-dev' },
  { host: '127.0.0.1:4000', isEncrypted: false, name: 'gatehouse-dev' },
  { host: '[::1]:4000', isEncrypted: false, name: 'gatehouse-dev' },
  { host: 'notlocalhost', isEncrypted: false, name: '__Host-gatehouse' },
  { host: 'localhost.example.com', isEncrypted: false, name: '__Host-gatehouse' },
  { host: '127.0.0.1.example.com', isEncrypted: false, name: '__Host-gatehouse' },
  { host: 'not a host', isEncrypted: false, name: '__Host-gatehouse' },
] as const;

describe('the session cookie', () => {
  it.each(targets)('is $name for $host, encrypted: $isEncrypted', ({ name, ...target }) => {
    const secure = name === '__Host-gatehouse' ? '; Secure' : '';
    expect(toSetCookie(cookie, target, { ...strict, now })).toBe(
      `${name}=${value}; Max-Age=2592000; Path=/; HttpOnly${secure}; SameSite=Strict`,
    );
    expect(readSessionCookie(`a=b; ${name}=${value}; c=d`, target, strict)).toBe(value);
  });

  it.each(targets)('is secure in production for $host', ({ host, isEncrypted }) => {
    const options = { ...strict, allowsInsecure: false };
    const sent = toSetCookie(cookie, { host, isEncrypted }, { ...options, now });
    expect(sent).toMatch(/^__Host-gatehouse=.*; Secure/);
    const insecure = `gatehouse-dev=${value}`;
    expect(readSessionCookie(insecure, { host, isEncrypted }, options)).toBeUndefined();
  });

  it('has the SameSite of the setting, and never a domain', () => {
    const target = { host: 'api.example.com', isEncrypted: true };
    const sent = toSetCookie(cookie, target, { ...strict, sameSite: 'lax', now });
    expect(sent).toContain('SameSite=Lax');
    expect(sent).not.toContain('Domain');
  });

  it('expires at once when the session ends', () => {
    const target = { host: 'api.example.com', isEncrypted: true };
    expect(toSetCookie(null, target, { ...strict, now })).toBe(
      '__Host-gatehouse=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict',
    );
  });

  it('is absent where the request has no cookie of this name', () => {
    const target = { host: 'api.example.com', isEncrypted: true };
    for (const header of [undefined, '', ';;', 'gatehouse=x', '__host-gatehouse=x']) {
      expect(readSessionCookie(header, target, strict)).toBeUndefined();
    }
  });
});
