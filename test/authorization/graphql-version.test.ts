import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';
import { checkGraphqlVersion } from '../../packages/authorization/src/graphql-js/version.ts';
import { repository } from '../support/process.ts';

describe('the version of graphql', () => {
  it.each([
    { version: '15.10.1', major: 15, minor: 10 },
    { version: '16.12.0', major: 16, minor: 12 },
    { version: '17.0.0', major: 17, minor: 0 },
    { version: '18.0.0', major: 18, minor: 0 },
  ])('$version is refused, with what to install', ({ version, ...versionInfo }) => {
    expect(() => checkGraphqlVersion(version, versionInfo)).toThrow(
      `@graphql-gatehouse/authorization supports graphql 16 (16.13.0 or newer) and 17 (17.1.0 or newer); this is ${version}. Install one of them with: npm install graphql@17, or graphql@16`,
    );
  });

  it.each([
    { version: '16.13.0', major: 16, minor: 13 },
    { version: '16.15.0', major: 16, minor: 15 },
    { version: '17.1.0', major: 17, minor: 1 },
    { version: '17.12.0', major: 17, minor: 12 },
  ])('$version is taken', ({ version, ...versionInfo }) => {
    expect(() => checkGraphqlVersion(version, versionInfo)).not.toThrow();
  });
});

const toDataUrl = (script: string) => `data:text/javascript,${encodeURIComponent(script)}`;

/** The installed graphql, which says that it is another one. */
const renamed = toDataUrl(`
  export * from '${pathToFileURL(`${repository}/node_modules/graphql/index.mjs`)}';
  export const version = '18.0.0';
  export const versionInfo = { major: 18, minor: 0, patch: 0, preReleaseTag: null };
`);
const redirect = `export const resolve = (specifier, context, next) =>
  specifier === 'graphql' && !context.parentURL?.includes('/node_modules/')
    ? { url: ${JSON.stringify(renamed)}, shortCircuit: true }
    : next(specifier, context);`;

const program = `
  import { buildSchema, version } from 'graphql';
  import { createAuthorization } from '@graphql-gatehouse/authorization';
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
  it('on graphql 18 is refused with one error that names what holds', async () => {
    const hook = toDataUrl(
      `import { register } from 'node:module'; register(${JSON.stringify(toDataUrl(redirect))});`,
    );
    expect(await startOn([hook])).toBe(
      'GraphqlVersionError: @graphql-gatehouse/authorization supports graphql 16 (16.13.0 or newer) and 17 (17.1.0 or newer); this is 18.0.0. Install one of them with: npm install graphql@17, or graphql@16',
    );
  });

  it('on graphql 16 is not', async () => {
    expect(await startOn([])).toMatch(/^started on 16\./);
  });
});

describe('what differs between graphql 16 and 17', () => {
  const sources = globSync('packages/{authorization,codegen}/src/**/*.ts', { cwd: repository })
    .map((path) => ({ path, text: readFileSync(`${repository}/${path}`, 'utf8') }))
    .filter(({ path }) => !path.startsWith('packages/authorization/src/graphql-js/'));
  const filesWith = (pattern: RegExp) =>
    sources
      .filter(({ text }) => pattern.test(text))
      .map(({ path }) => path.replace('packages/authorization/src/', ''))
      .sort();

  it.each([
    { what: 'the coercion of variables', pattern: /\bgetVariableValues\b/ },
    { what: 'the coercion of arguments', pattern: /\bget(Argument|Directive)Values\b/ },
    {
      what: 'the opening of events',
      pattern: /\b(createSourceEventStream|subscribe)\b.*from 'graphql'/,
    },
    {
      what: 'coercion of input by type',
      pattern: /\bcoerce(Input|Output)|valueFromAST\b|\bparse(Value|Literal)\b/,
    },
    { what: 'its version', pattern: /\bversionInfo\b/ },
    { what: 'whatever else it has', pattern: /import \* as \w+ from 'graphql'/ },
  ])('is in one folder: $what', ({ pattern }) => {
    expect(filesWith(pattern)).toEqual([]);
  });

  it('includes the variables of a resolver, which others only tell apart, or copy', () => {
    expect(filesWith(/info\.variableValues|\bvariableValues[,:}].*: \w*Info\b/)).toEqual([
      'enforcement/calls/execution.ts',
      'enforcement/operation/depends-on-data.ts',
    ]);
  });

  it('includes the defaults of arguments and input fields: others have those of syntax nodes', () => {
    expect(filesWith(/\bdefaultValue\b/)).toEqual([
      'plan/supplied-input.ts', // of a variable definition
      'reports/operations/variable-ranges.ts', // of a variable definition
      'rules/compile-needs.ts', // of a variable definition
    ]);
  });

  it('includes the writing of values, which others do where graphql 16 executes, or for scalars of graphql-js', () => {
    expect(filesWith(/\.(serialize|coerceOutputValue)\b/)).toEqual([
      'enforcement/values/fit-value.ts', // of the scalars of graphql-js
      'execute/serialize.ts', // graphql 17 executes alone
    ]);
  });
});
