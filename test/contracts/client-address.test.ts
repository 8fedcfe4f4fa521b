import { createServer } from 'node:http';
import { envelopPlugin } from 'graphql-gatehouse/envelop';
import { createYoga } from 'graphql-yoga';
import { afterEach, describe, expect, it } from 'vitest';
import sdlProject from '../../examples/invoices/gatehouse.config.ts';
import { listenLocally } from '../support/listen-locally.ts';
import { type Host, hosts } from './hosts.ts';
import { adminPassword, loginMutation, startWorld, type World } from './world.ts';

/** A Yoga whose context builder gives no address. */
const withoutAddress: Host['start'] = async (gatehouse) => {
  const { schema, contextOf } = gatehouse;
  const yoga = createYoga({
    schema,
    plugins: [envelopPlugin(gatehouse)],
    context: ({ request }) => contextOf(request),
  });
  const { port, stop } = await listenLocally(createServer(yoga));
  const rootUrl = `http://127.0.0.1:${port}`;
  return { graphqlUrl: `${rootUrl}/graphql`, rootUrl, stop };
};

describe('the address of a client', () => {
  let world: World;
  afterEach(() => world?.stop());

  const open = async (start: Host['start']) => {
    const environment = { LOGIN_ATTEMPTS_PER_ADDRESS: '3', LOGIN_ATTEMPTS_PER_ACCOUNT: '5' };
    world = await startWorld({ config: sdlProject, start }, { environment });
  };
  const logIn = async (username: string, password: string, headers = {}) => {
    const variables = { username, password };
    return (await world.ask(loginMutation, { variables, headers })).status;
  };
  const fail = async (usernames: readonly string[], headers = {}) => {
    for (const username of usernames) expect(await logIn(username, 'wrong', headers)).toBe(401);
  };
  const warnings = (text: string) => world.logLines.filter((line) => line.includes(text));

  it('has no counter when it is unknown: wrong passwords of others lock out no user', async () => {
    await open(withoutAddress);
    await fail(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(await logIn('admin', adminPassword)).toBe(200);
    expect(warnings('contextOf got no address')).toHaveLength(1);
  });

  it('is not needed to limit the attempts at one account', async () => {
    await open(withoutAddress);
    await fail(Array(5).fill('admin'));
    expect(await logIn('admin', adminPassword)).toBe(429);
  });

  it.each(hosts)(
    'is unknown behind a proxy that $name does not trust, and known without one: its wrong passwords are limited',
    async ({ start }) => {
      await open(start);
      const headers = { 'x-forwarded-for': '198.51.100.7' };
      await fail(['a', 'b', 'c', 'd'], headers);
      expect(await logIn('admin', adminPassword, headers)).toBe(200);
      await fail(['a', 'b', 'c']);
      expect(await logIn('admin', adminPassword)).toBe(429);
      expect(warnings('address of a proxy')).toHaveLength(1);
      expect(warnings('address of')).toHaveLength(1);
    },
  );
});
