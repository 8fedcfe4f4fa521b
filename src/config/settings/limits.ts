import { allowedOrigins } from './allowed-origins.ts';
import { setting, wholeNumber } from './setting.ts';

/** From whom how much is taken. */
export const limitSettings = {
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
