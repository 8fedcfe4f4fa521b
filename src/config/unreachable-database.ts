import type { Config } from './config.ts';

const codesOfNames: readonly unknown[] = ['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME'];

/** Returns what to check when PostgreSQL is unreachable, without user and password. */
export function adviceOnUnreachable(
  { databaseUrl }: Pick<Config, 'databaseUrl'>,
  error: unknown,
): string {
  const { host, port } = addressIn(databaseUrl ?? '');
  const codes = codesOf(error);
  if (codes.some((code) => codesOfNames.includes(code))) {
    return `the host name ${host} is not found: check its spelling in DATABASE_URL, and DNS`;
  }
  if (codes.includes('ECONNREFUSED')) {
    return `nothing listens at ${host}, port ${port}: start PostgreSQL, and check host name and port in DATABASE_URL`;
  }
  return `start PostgreSQL at ${host}, port ${port}, check host name, DNS and port in DATABASE_URL, and whether the network can reach it`;
}

function addressIn(databaseUrl: string): { readonly host: string; readonly port: string } {
  if (!URL.canParse(databaseUrl)) return { host: 'the host', port: '5432' };
  const { hostname, port, searchParams } = new URL(databaseUrl);
  const host = searchParams.get('host') ?? decodeURIComponent(hostname);
  return {
    host: host === '' ? 'localhost' : host,
    port: searchParams.get('port') ?? (port === '' ? '5432' : port),
  };
}

/** Returns the codes of an error, its causes and its parts: a host with several addresses gives one error for each. */
function codesOf(error: unknown): readonly unknown[] {
  if (!(error instanceof Error)) return [];
  const code = 'code' in error ? [error.code] : [];
  const parts = error instanceof AggregateError ? error.errors : [];
  return [...code, ...[error.cause, ...parts].flatMap(codesOf)];
}
