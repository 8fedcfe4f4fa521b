import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { checkGraphqlVersion } from '../../packages/authorization/src/requirements/graphql-version.ts';
import { repository } from '../support/process.ts';

describe('the version of graphql', () => {
  it.each([
    { version: '15.10.1', major: 15, minor: 10 },
    { version: '16.11.0', major: 16, minor: 11 },
    { version: '17.0.0', major: 17, minor: 0 },
    { version: '17.12.0', major: 17, minor: 12 },
  ])('$version is refused, with what to install', ({ version, ...versionInfo }) => {
    expect(() => checkGraphqlVersion(version, versionInfo)).toThrow(
      `@gatehouse/authorization supports graphql 16 (16.12.0 or newer); this is ${version}. Install it with: npm install graphql@16`,
    );
  });

  it.each([
    { version: '16.12.0', major: 16, minor: 12 },
    { version: '16.15.0', major: 16, minor: 15 },
  ])('$version is taken', ({ version, ...versionInfo }) => {
    expect(() => checkGraphqlVersion(version, versionInfo)).not.toThrow();
  });
});

const toDataUrl = (script: string) => `data:text/javascript,${encodeURIComponent(script)}`;

/** graphql 17 cannot be installed on Node 20: the installed one says that it is 17. */
const renamed = toDataUrl(`
  export * from '${pathToFileURL(`${repository}/node_modules/graphql/index.mjs`)}';
  export const version = '17.1.0';
  export const versionInfo = { major: 17, minor: 1, patch: 0, preReleaseTag: null };
`);
const redirect = `export const resolve = (specifier, context, next) =>
  specifier === 'graphql' && !context.parentURL?.includes('/node_modules/')
    ? { url: ${JSON.stringify(renamed)}, shortCircuit: true }
    : next(specifier, context);`;

const program = `
  import { buildSchema, version } from 'graphql';
  import { createAuthorization } from '@gatehouse/authorization';
  const schema = buildSchema(\`
    enum Group { ADMIN }
    directive @auth(requires: [Group!]) on FIELD_DEFINITION
    directive @public on FIELD_DEFINITION
    type Query { open: String @public }
  \`);
  try {
    createAuthorization(schema, { policies: {}, viewerOf: () => ({ isAuthenticated: false }) });
    console.log('started on ' + version);
  } catch ({ name, message }) {
    console.log(name + ': ' + message);
  }
`;

async function startOn(hooks: readonly string[]): Promise<string> {
  const nodeArguments = ['--import', 'tsx', ...hooks.flatMap((hook) => ['--import', hook])];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...nodeArguments, '--input-type=module', '--eval', program],
    { cwd: repository },
  );
  return stdout.trim();
}

describe('an application that starts', () => {
  it('on graphql 17 is refused with one error that names what holds', async () => {
    const hook = toDataUrl(
      `import { register } from 'node:module'; register(${JSON.stringify(toDataUrl(redirect))});`,
    );
    expect(await startOn([hook])).toBe(
      'GraphqlVersionError: @gatehouse/authorization supports graphql 16 (16.12.0 or newer); this is 17.1.0. Install it with: npm install graphql@16',
    );
  });

  it('on graphql 16 is not', async () => {
    expect(await startOn([])).toMatch(/^started on 16\./);
  });
});
