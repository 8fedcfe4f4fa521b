import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

/** Names under which a secret could come into a log line, at the top or one level down. */
const secretNames = [
  'authorization',
  'cookie',
  'password',
  'currentPassword',
  'newPassword',
  'passwordHash',
  'accessToken',
  'refreshToken',
  'secret',
  'variables',
  'connectionString',
];

/**
 * The process's log: one JSON object a line. What bears the name of a secret is replaced, so that a
 * careless line gives nothing away.
 */
export function createLogger(level: string, destination: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: createIsoTime(),
      redact: {
        paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: '[secret]',
      },
    },
    destination,
  );
}

/**
 * Creates the function that returns the time in pino's format (ISO 8601). It is cached, since many lines have the
 * same millisecond under load.
 */
function createIsoTime(): () => string {
  let madeForMs = Number.NaN;
  let text = '';
  return () => {
    const nowMs = Date.now();
    if (nowMs !== madeForMs) text = `,"time":"${new Date(nowMs).toISOString()}"`;
    madeForMs = nowMs;
    return text;
  };
}

/**
 * Returns a logger that does not search its lines for secrets, which takes longer than everything else about a line. Use
 * it only for lines whose fields are all named by the program.
 */
export const withoutRedaction = (logger: Logger): Logger => logger.child({}, { redact: [] });
