import { z } from 'zod';
import { settingFacts, text, wholeNumber } from './setting.ts';
import { trustProxy } from './trust-proxy.ts';

/** The process: how it runs, where it listens and what it reports. */
export const processSettings = {
  isProduction: z
    .enum(['development', 'production', 'test'])
    .default('development')
    .transform((mode) => mode === 'production')
    .register(settingFacts, {
      name: 'NODE_ENV',
      meaning:
        'The environment: development, production or test. In production, unsafe settings are rejected.',
    }),
  host: text('127.0.0.1').register(settingFacts, {
    name: 'HOST',
    meaning:
      'The address to listen on. 0.0.0.0: all interfaces. Behind a proxy on the same machine, keep 127.0.0.1.',
  }),
  port: wholeNumber(0, 65_535, 4000).register(settingFacts, {
    name: 'PORT',
    meaning: 'The port to listen on. 0: any free port.',
  }),
  logLevel: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .register(settingFacts, {
      name: 'LOG_LEVEL',
      meaning:
        'The lowest level to log: fatal, error, warn, info, debug, trace or silent. Log lines are JSON on standard error.',
    }),
  threadPoolSize: wholeNumber(1, 1024, 4).register(settingFacts, {
    name: 'UV_THREADPOOL_SIZE',
    meaning:
      'Number of threads for blocking work in this process. Up to one password hash per core runs at a time, but two threads are kept free of hashing: with more than two cores, set it to cores + 2. Set it in the environment of the process, not in a settings file: Node.js may read it earlier.',
  }),
  trustProxy: trustProxy.optional().register(settingFacts, {
    name: 'TRUST_PROXY',
    meaning:
      'The trusted proxies: their addresses and networks, such as 10.0.0.5,10.1.0.0/16,loopback; or the number of proxies in a row, if this server can be reached only through them. Only their X-Forwarded-For is trusted, and failed logins are counted by the client address in it. Not set: no proxy is trusted.',
  }),
};
