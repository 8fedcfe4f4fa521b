import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import jwt from 'jsonwebtoken';
import { generateSigningKeys } from '../../src/authentication/keys/signing-keys.ts';
import { ask } from './ask.ts';
import type { Environment, Gatehouse } from './process.ts';

/** What happened while keys rotated. */
export interface RotationTally {
  logins: number;
  requests: number;
  verifications: number;
  /** What was refused, by a node or by a verifier, and why. */
  readonly refusals: string[];
  /** The keys that signed tokens. */
  readonly kids: Set<string>;
}

export interface RotationOptions {
  /** The nodes. */
  readonly urls: readonly string[];
  readonly username: string;
  readonly password: string;
  /** How many clients log in and ask at once; each has a verifier of its own. Default: 6. */
  readonly clients?: number;
  /** How long a client waits after a use of a token. Default: it does not. */
  readonly pauseMs?: number;
}

/** The times of a rotation, scaled down: in seconds as the settings name them. */
export const shortTimes = { JWKS_MAX_AGE_SECONDS: '2', ACCESS_TOKEN_SECONDS: '5' };

/**
 * Lets clients log in and ask `me` at all nodes, with tokens of every age, until it is stopped. Each token is also verified by a third party, which knows nothing but the public keys that
 * a node gave it, and keeps them for as long as the answer allowed.
 */
export function startTraffic(options: RotationOptions) {
  const tally: RotationTally = {
    logins: 0,
    requests: 0,
    verifications: 0,
    refusals: [],
    kids: new Set(),
  };
  const { clients = 6, pauseMs = 0 } = options;
  let isOver = false;
  // The first login of a process is slow: several at once would reach the time limit on a busy machine.
  const firstLogins = Promise.all(options.urls.map((url) => logIn(url, options, tally)));
  const client = async (number: number) => {
    await firstLogins;
    const verify = createVerifier(options.urls, number);
    for (let round = number; !isOver; round += 1) {
      const token = await logIn(urlOf(options.urls, round), options, tally);
      if (token === undefined) continue;
      // Half of the clients use a token to its last moment, the others log in all the time.
      const untilMs = number % 2 === 0 ? endOf(token) : Date.now() + 1000;
      for (let use = round; Date.now() < untilMs && !isOver; use += 1) {
        await askMe(urlOf(options.urls, use), token, tally);
        await verify(token, tally);
        if (pauseMs > 0) await sleep(pauseMs);
      }
    }
  };
  const running = Promise.allSettled(Array.from({ length: clients }, (_, each) => client(each)));
  return {
    tally,
    /** Rejects when a client met with what is no answer at all. */
    async stop(): Promise<RotationTally> {
      isOver = true;
      for (const outcome of await running) {
        if (outcome.status === 'rejected') throw outcome.reason;
      }
      return tally;
    },
  };
}

const urlOf = (urls: readonly string[], number: number): string => urls[number % urls.length] ?? '';

const loginMutation = `mutation ($username: String!, $password: String!) {
  login(username: $username, password: $password) { accessToken } }`;

/** Returns a token, or undefined when the login was refused, which is recorded. */
async function logIn(
  url: string,
  { username, password }: RotationOptions,
  tally: RotationTally,
): Promise<string | undefined> {
  const { data, status, text } = await ask(`${url}/graphql`, loginMutation, {
    variables: { username, password },
  });
  if (status !== 200) {
    tally.refusals.push(`login: ${status} ${text}`);
    return undefined;
  }
  const token = String(data.login.accessToken);
  tally.kids.add(kidOf(token));
  tally.logins += 1;
  return token;
}

/** A token that ended while it was on its way is refused rightly, and is not counted. */
async function askMe(url: string, token: string, tally: RotationTally): Promise<void> {
  const { status, reason } = await ask(`${url}/graphql`, '{ me { id } }', { token });
  if (status !== 200 && Date.now() >= endOf(token)) return;
  if (status !== 200) tally.refusals.push(`me: ${status} ${reason}, signed by ${kidOf(token)}`);
  tally.requests += 1;
}

/** A third party that keeps the public keys for as long as it may, and never looks sooner. */
function createVerifier(urls: readonly string[], number: number) {
  let kept: {
    readonly keys: readonly (JsonWebKey & { kid?: string })[];
    readonly untilMs: number;
  } = {
    keys: [],
    untilMs: 0,
  };
  let fetches = number;
  const keysNow = async () => {
    if (Date.now() < kept.untilMs) return kept.keys;
    fetches += 1;
    // From before the request: what was kept is never older than allowed.
    const askedAt = Date.now();
    const response = await fetch(`${urlOf(urls, fetches)}/.well-known/jwks.json`);
    const [, maxAge = '0'] =
      /max-age=(\d+)/.exec(response.headers.get('cache-control') ?? '') ?? [];
    kept = {
      keys: JSON.parse(await response.text()).keys,
      untilMs: askedAt + Number(maxAge) * 1000,
    };
    return kept.keys;
  };
  return async (token: string, tally: RotationTally): Promise<void> => {
    const keys = await keysNow();
    if (Date.now() >= endOf(token)) return;
    tally.verifications += 1;
    const key = keys.find(({ kid }) => kid === kidOf(token));
    if (key === undefined) {
      tally.refusals.push(`verifier: the key ${kidOf(token)} is not there`);
      return;
    }
    const publicKey = createPublicKey({ key, format: 'jwk' });
    jwt.verify(token, publicKey, { algorithms: ['ES256'], ignoreExpiration: true });
  };
}

/** Rotates by the command, and gives the name of the new key. */
export async function rotate(gatehouse: Gatehouse, environment: Environment): Promise<string> {
  const words = ['keys', 'rotate', '--json'];
  const { code, stdout, stderr } = await gatehouse.runHere(words, environment);
  if (code !== 0) throw new Error(`keys rotate: ${stderr}`);
  return JSON.parse(stdout).keys[0].kid;
}

/** What a rotation must not do: lets a new key sign at once, beside the old ones. */
export async function keysWithoutLead(file: string): Promise<string> {
  const { keys } = JSON.parse(await readFile(file, 'utf8'));
  return JSON.stringify({ keys: [...JSON.parse(generateSigningKeys()).keys, ...keys] });
}

const partOf = (token: string, index: number) =>
  JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString());
const kidOf = (token: string): string => partOf(token, 0).kid;
/** In milliseconds since 1970. */
const endOf = (token: string): number => partOf(token, 1).exp * 1000;
