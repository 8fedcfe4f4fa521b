import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/**
 * `npm run proof -- mutation` runs the library's tests with a stand-in for Vitest. A test that needs more than it has
 * ends that run, after minutes.
 */
const standIn: Readonly<Record<string, unknown>> & { readonly vi: object } = await import(
  new URL('../scripts/mutation/vitest.mjs', import.meta.url).href
);
const folder = new URL('./authorization/', import.meta.url);
const outside = /^(graphql-version|readme)\.test\.ts$/;
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.test.ts') && !outside.test(name))
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }));

describe('the stand-in for Vitest', () => {
  it.each(files)('has all that $name imports', ({ text }) => {
    const [, imported = ''] = /import \{([^}]*)\} from 'vitest';/.exec(text) ?? [];
    const names = imported.split(',').map((name) => name.trim());
    const values = names.filter((name) => name !== '' && !name.startsWith('type '));
    expect(values.length).toBeGreaterThan(0);
    expect(values.filter((name) => !Object.hasOwn(standIn, name))).toEqual([]);
  });

  it.each(files)('has all of `vi` that $name uses', ({ text }) => {
    const used = [...text.matchAll(/\bvi\.(\w+)/g)].map(([, name = '']) => name);
    expect(used.filter((name) => !Object.hasOwn(standIn.vi, name))).toEqual([]);
  });
});
