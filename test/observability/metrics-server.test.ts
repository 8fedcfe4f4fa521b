import { setImmediate } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { createMetricsServer } from '../../src/observability/metrics-server.ts';
import { sendRaw } from '../support/raw-http.ts';

it('prints once for all that ask at the same time', async () => {
  let printed = 0;
  const server = createMetricsServer({
    contentType: 'text/plain; version=0.0.4',
    async print() {
      printed += 1;
      await setImmediate(); // what came in the same packet has been read then
      return `printed ${printed}\n`;
    },
  });
  const port = await server.start({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.stop());

  const ask = 'GET /metrics HTTP/1.1\r\nHost: a\r\n';
  const three = `${ask}\r\n${ask}\r\n${ask}Connection: close\r\n\r\n`;
  const { text } = await sendRaw(`http://127.0.0.1:${port}`, three);
  expect(text.match(/printed \d/g)).toEqual(Array(3).fill('printed 1'));
  const again = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(await again.text()).toBe('printed 2\n');
});
