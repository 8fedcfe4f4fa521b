import { z } from 'zod';
import { setting, text, wholeNumber } from './setting.ts';
import { trustProxy } from './trust-proxy.ts';

/** The process: how it runs, where it listens and what it tells of itself. */
export const processSettings = {
  NODE_ENV: setting(
    z.enum(['development', 'production', 'test']).default('development'),
    'development, production or test. Production refuses settings that are unsafe there.',
  ),
  HOST: setting(
    text('127.0.0.1'),
    'Where the server listens. 0.0.0.0 for every interface; behind a proxy keep 127.0.0.1.',
  ),
  PORT: setting(
    wholeNumber(0, 65_535, 4000),
    'The port on which the server listens. 0: one that is free.',
  ),
  LOG_LEVEL: setting(
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    'fatal, error, warn, info, debug, trace or silent. Log lines are JSON, on standard error.',
  ),
  UV_THREADPOOL_SIZE: setting(
    wholeNumber(1, 1024, 4),
    'How many threads this process has for work that blocks. As many hashes are made at once as there are cores, but two threads are kept free of them: with more than two cores, set it to cores + 2. Where the process is started, not in a file of settings: Node.js may read it before.',
  ),
  TRUST_PROXY: setting(
    trustProxy.optional(),
    'Behind proxies: their addresses and networks, such as 10.0.0.5,10.1.0.0/16,loopback; or how many stand in a row, if nobody else can reach this server. Only theirs X-Forwarded-For is believed, and failures to log in are counted by the address that it tells.',
  ),
};
