import { z } from 'zod';
import { settingFacts, wholeNumber } from './setting.ts';

export const limitSettings = {
  loadLimits: z.object({
    maxConcurrentRequests: wholeNumber(1, 100_000, 400).register(settingFacts, {
      name: 'MAX_CONCURRENT_REQUESTS',
      meaning:
        'Maximum number of requests and WebSocket operations that run at the same time in this process. More are rejected immediately with 503 and Retry-After; health checks are still answered.',
    }),
    maxEventLoopDelayMs: wholeNumber(10, 60_000, 250).register(settingFacts, {
      name: 'MAX_EVENT_LOOP_DELAY_MS',
      meaning:
        'Maximum event loop delay, averaged over one second, in milliseconds. While it is exceeded, fewer requests may run at the same time, down to one eighth.',
    }),
  }),
  socketLimits: z.object({
    maxSockets: wholeNumber(0, 1_000_000, 5_000).register(settingFacts, {
      name: 'MAX_SOCKETS',
      meaning: 'Maximum number of open WebSockets in this process.',
    }),
    maxSocketsPerAddress: wholeNumber(0, 1_000_000, 500).register(settingFacts, {
      name: 'MAX_SOCKETS_PER_ADDRESS',
      meaning:
        'Maximum number of open WebSockets per client address in this process. Behind a proxy, set TRUST_PROXY; otherwise all clients share its address.',
    }),
    maxSocketsPerViewer: wholeNumber(0, 1_000_000, 100).register(settingFacts, {
      name: 'MAX_SOCKETS_PER_VIEWER',
      meaning: 'Maximum number of open WebSockets per user or API client in this process.',
    }),
  }),
  maxSubscriptionsPerViewer: wholeNumber(0, 1_000_000, 200).register(settingFacts, {
    name: 'MAX_SUBSCRIPTIONS_PER_VIEWER',
    meaning:
      'Maximum number of open subscriptions per user or API client in this process, and per client address for anonymous viewers. An anonymous viewer without a known address has no limit.',
  }),
};
