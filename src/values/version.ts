import { readFileSync } from 'node:fs';

/** Returns the version of this program, such as 0.1.0. */
export function programVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version }: { readonly version: string } = JSON.parse(text);
  return version;
}
