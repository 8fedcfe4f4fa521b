import { allowedOrigins } from './allowed-origins.ts';
import { setting, wholeNumber } from './setting.ts';

/** From whom how much is taken. */
export const limitSettings = {
  MAX_REQUESTS_UNDER_WAY: setting(
    wholeNumber(1, 100_000, 400),
    'How many requests, and operations of WebSockets, run at the same time in this process. More are refused at once, with 503 and Retry-After; health is answered still.',
  ),
  MAX_EVENT_LOOP_DELAY_MS: setting(
    wholeNumber(10, 60_000, 250),
    'How many milliseconds the event loop may take for a turn, on average of a second. While it takes longer, fewer requests run at the same time: down to an eighth.',
  ),
  ALLOWED_ORIGINS: setting(
    allowedOrigins.optional(),
    'Whose pages may use the API from a browser, beside those of this server, separated by commas, such as https://app.example.org,http://localhost:5173.',
  ),
  MAX_SOCKETS: setting(
    wholeNumber(0, 1_000_000, 5_000),
    'How many WebSockets are open at once in this process.',
  ),
  MAX_SOCKETS_PER_ADDRESS: setting(
    wholeNumber(0, 1_000_000, 500),
    'How many WebSockets are open at once from one address. Behind a proxy set TRUST_PROXY, or all clients share its address.',
  ),
  MAX_SOCKETS_PER_VIEWER: setting(
    wholeNumber(0, 1_000_000, 100),
    'How many WebSockets are open at once of one user or program.',
  ),
};
