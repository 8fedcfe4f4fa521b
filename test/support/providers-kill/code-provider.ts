import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { type HostileProvider, startHostileProvider } from '../hostile-provider.ts';

/** What a provider says of one log-in. */
export interface Said {
  readonly sub: string;
  readonly sid?: string;
}

export interface CodeProvider {
  readonly provider: HostileProvider;
  /** Logs a user in who comes with the address of a log-in. Returns the way back, with a code that works once. */
  visit(address: string, said: Said): string;
}

/** Starts a provider that many users visit at once, until the test has finished: each code stands for one of them. */
export async function startCodeProvider(): Promise<CodeProvider> {
  const provider = await startHostileProvider();
  onTestFinished(provider.stop);
  const waiting = new Map<string, object>();
  provider.errAs({
    token({ header, claims }) {
      const code = provider.sent().get('code') ?? '';
      const said = waiting.get(code);
      // The nonce is missing the second time.
      waiting.delete(code);
      return { header, claims: { ...claims, ...said } };
    },
  });
  return {
    provider,
    visit(address, said) {
      const { searchParams } = new URL(address);
      const code = randomUUID();
      waiting.set(code, { ...said, groups: ['audit'], nonce: searchParams.get('nonce') });
      const state = searchParams.get('state') ?? '';
      return `${new URL(address).origin}/providers/acme?${new URLSearchParams({ code, state })}`;
    },
  };
}
