import { describe, expect, it, onTestFinished } from 'vitest';
import { checkNats } from '../../packages/nats/src/check.ts';
import { natsOptions } from '../support/carriers.ts';
import { natsServer, startNatsServer } from '../support/nats-server.ts';

const check = ({ port, ...options }: { readonly port: number }) =>
  checkNats({ ...natsOptions(port), ...options });

const started = async (words?: readonly string[]) => {
  const server = await startNatsServer(words);
  onTestFinished(server.remove);
  return server;
};

describe.skipIf(natsServer === undefined)('NATS', () => {
  it('is found with JetStream, before there is a stream', async () => {
    const { port } = await started();
    const found = expect.stringContaining('JetStream is enabled; the first node makes the stream');
    expect(await check({ port })).toMatchObject({ state: 'ok', found });
  });

  it('is a problem without JetStream', async () => {
    const { port } = await started([]);
    expect(await check({ port })).toMatchObject({
      state: 'problem',
      found: expect.stringMatching(/jetstream is not enabled/i),
    });
  });

  it('is a problem when it refuses the token, which is not shown', async () => {
    const { port } = await started(['-js', '--auth', 'right']);
    const refused = await check({ port, ...credentialsOf('s3cret') });
    expect(refused).toMatchObject({ state: 'problem', found: expect.stringMatching(/authori/i) });
    expect(JSON.stringify(refused)).not.toContain('s3cret');
    expect(await check({ port, ...credentialsOf('right') })).toMatchObject({ state: 'ok' });
  });

  it('is a problem when it is away', async () => {
    const server = await started();
    await server.kill();
    expect(await check({ port: server.port })).toMatchObject({ state: 'problem' });
  });
});

const credentialsOf = (token: string): object => ({ credentials: { token } });
