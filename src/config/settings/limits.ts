import { allowedOrigins } from './allowed-origins.ts';
import { setting, wholeNumber } from './setting.ts';

/** Limits for concurrent requests, sockets and subscriptions, and the allowed origins. */
export const limitSettings = {
  MAX_CONCURRENT_REQUESTS: setting(
    wholeNumber(1, 100_000, 400),
    'Maximum number of requests and WebSocket operations that run at the same time in this process. More are rejected immediately with 503 and Retry-After; health checks are still answered.',
  ),
  MAX_EVENT_LOOP_DELAY_MS: setting(
    wholeNumber(10, 60_000, 250),
    'Maximum event loop delay, averaged over one second, in milliseconds. While it is exceeded, fewer requests may run at the same time, down to one eighth.',
  ),
  ALLOWED_ORIGINS: setting(
    allowedOrigins.optional(),
    'Origins whose pages may use the API from a browser, separated by commas, such as https://app.example.org,http://localhost:5173. Not set: only the origin of this server.',
  ),
  MAX_SOCKETS: setting(
    wholeNumber(0, 1_000_000, 5_000),
    'Maximum number of open WebSockets in this process.',
  ),
  MAX_SOCKETS_PER_ADDRESS: setting(
    wholeNumber(0, 1_000_000, 500),
    'Maximum number of open WebSockets per client address in this process. Behind a proxy, set TRUST_PROXY; otherwise all clients share its address.',
  ),
  MAX_SOCKETS_PER_VIEWER: setting(
    wholeNumber(0, 1_000_000, 100),
    'Maximum number of open WebSockets per user or API client in this process.',
  ),
  MAX_SUBSCRIPTIONS_PER_VIEWER: setting(
    wholeNumber(0, 1_000_000, 200),
    'Maximum number of open subscriptions per user or API client in this process, and per client address for anonymous ones.',
  ),
};
