import { existsSync, readdirSync } from 'node:fs';
import fastifyStatic from '@fastify/static';
import fastify from 'fastify';
import type { Decided } from '../../site/try/decide.ts';
import type { TryState } from '../../site/try/state.ts';
import { findChromium, launchChromium } from '../support/browser.ts';
import { repository } from '../support/process.ts';

const assets = `${repository}/site/.vitepress/dist/assets`;
const chromium = findChromium(process.env.CHROMIUM_PATH);

/** The worker of the built site. Undefined: it is not built, or there is no Chromium to run it. */
export const siteWorker: string | undefined =
  chromium === undefined || !existsSync(assets)
    ? undefined
    : readdirSync(assets).find((name) => /^worker-.*\.js$/.test(name));

export interface RunningWorker {
  decide(states: readonly TryState[]): Promise<readonly Decided[]>;
  stop(): Promise<void>;
}

/** Runs the worker of the built site in Chromium. */
export async function runSiteWorker(): Promise<RunningWorker> {
  const server = fastify();
  await server.register(fastifyStatic, { root: assets });
  server.get('/', (_request, reply) => reply.type('text/html').send('<!doctype html>'));
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  const browser = await launchChromium(chromium ?? '');
  const page = await (await browser.newContext()).newPage();
  await page.goto(url);
  await page.evaluate(`
    worker = new Worker('/${siteWorker}', { type: 'module' });
    next = () => new Promise((resolve, reject) => {
      worker.onerror = reject;
      worker.onmessage = ({ data }) => resolve(data);
    });
    next()`);
  return {
    decide: (states) => {
      const sent = JSON.stringify(
        states.map(({ policies, ...state }) => ({ ...state, policies: [...policies] })),
      );
      return page.evaluate<readonly Decided[]>(`(async () => {
        const all = [];
        for (const { policies, ...state } of ${sent}) {
          const answer = next();
          worker.postMessage({ ...state, policies: new Map(policies) });
          const { decided, message } = await answer;
          if (decided === undefined) throw new Error(message);
          all.push(decided);
        }
        return all;
      })()`);
    },
    async stop() {
      await browser.close();
      await server.close();
    },
  };
}
