import type { TypedDocument } from '@graphql-gatehouse/client';
import { logOutAtProvider } from '@graphql-gatehouse/client/providers';
import { beforeEach, expect, it, vi } from 'vitest';

const returnTo = 'https://www.example.org/login';
const url = 'https://id.acme.example/log-out?client_id=gatehouse';
const document: TypedDocument<{ providerLogoutUrl: string | null }, { returnTo: string }> = {};

/** What the page has done, in its order. */
let done: string[] = [];
beforeEach(() => {
  done = [];
  vi.stubGlobal('window', { location: { assign: (to: string) => done.push(`go to ${to}`) } });
});

interface Answers {
  read(): unknown;
  logOut?(): void;
}

/** A client whose server answers so. */
const clientOf = ({ read, logOut = () => {} }: Answers) => ({
  fetch: vi.fn(async () => {
    done.push('read');
    return read() as never;
  }),
  async logOut() {
    done.push('log out');
    logOut();
  },
});

const fail = (text: string) => () => {
  throw new Error(text);
};

it('reads the address while there is a session, ends the session, and goes there', async () => {
  const client = clientOf({ read: () => ({ providerLogoutUrl: url }) });
  expect(await logOutAtProvider(client, document, returnTo)).toBe(true);
  expect(client.fetch).toHaveBeenCalledExactlyOnceWith(document, { returnTo });
  expect(done).toEqual(['read', 'log out', `go to ${url}`]);
});

it('stays where no provider has opened the session', async () => {
  const client = clientOf({ read: () => ({ providerLogoutUrl: null }) });
  expect(await logOutAtProvider(client, document, returnTo)).toBe(false);
  expect(done).toEqual(['read', 'log out']);
});

it('ends the session here too when the address cannot be read, and then says so', async () => {
  const client = clientOf({ read: fail('no such address') });
  await expect(logOutAtProvider(client, document, returnTo)).rejects.toThrow('no such address');
  expect(done).toEqual(['read', 'log out']);
});

it('goes nowhere while the session goes on', async () => {
  const client = clientOf({
    read: () => ({ providerLogoutUrl: url }),
    logOut: fail('the server is away'),
  });
  await expect(logOutAtProvider(client, document, returnTo)).rejects.toThrow('the server is away');
  expect(done).toEqual(['read', 'log out']);
});
