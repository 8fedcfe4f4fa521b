import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pagesBelow, readPage } from './support/documents.ts';
import { repository } from './support/process.ts';
import { describedProgram } from './support/program.ts';
import { exportsOf, membersOf, publicDoors } from './support/public-names.ts';
import { leavesOf, withoutGenerated } from './support/reference-pages.ts';

/** Pages for users. */
const pages = [
  'README.md',
  ...pagesBelow('docs').filter((page) => !page.startsWith('docs/contributing')),
  ...readdirSync(join(repository, 'packages')).map((name) => `packages/${name}/README.md`),
];

const fence = /^ *```.*?^ *```/gms;

/** The code of a page: its blocks, and what it has between backticks. Prose uses many names as words. */
function codeOf(page: string): string {
  const text = withoutGenerated(readPage(page));
  const inline = text.replaceAll(fence, '').matchAll(/`[^`]+`/g);
  return [...text.matchAll(fence), ...inline].map(([code]) => code).join('\n');
}

const codes = new Map(pages.map((page) => [page, codeOf(page)]));
const allCode = [...codes.values()].join('\n');

/** Whether code has a name, also as a property of `context` or of the variable of an example. */
const isNamed = (name: string, code = allCode) =>
  new RegExp(`(?<![\\w$-])(?<!console\\.)${name}(?![\\w$-])`).test(code);

/** Doors between the packages, which may change in any release. */
const internalDoors = [
  'decision',
  'options',
  'pages',
  'read-by-halves',
  'representations',
  'rules',
].map((door) => `@graphql-gatehouse/authorization/${door}`);

const doors = [...publicDoors()].filter(([door]) => !internalDoors.includes(door));

const library = 'packages/authorization/src';
const configuration = 'docs/reference/configuration.md';
const packagesPage = 'docs/reference/write-a-package.md';
const domainsPage = 'docs/reference/domains.md';
const contextPage = 'docs/reference/context.md';
const libraryPage = 'docs/reference/library.md';

/** What users pass or get, and the page that describes its members. */
const described = [
  ['GatehouseConfig', 'src/schema/project.ts', configuration],
  ['Domain', 'src/schema/domain.ts', domainsPage],
  ['GatehousePackage', 'src/schema/packages/package.ts', packagesPage],
  ['PackageTask', 'src/schema/packages/package.ts', packagesPage],
  ['PackageContext', 'src/schema/packages/package.ts', packagesPage],
  ['PackageWork', 'src/schema/packages/package.ts', packagesPage],
  ['PackageRuntime', 'src/schema/packages/package.ts', packagesPage],
  ['PackagePages', 'src/schema/packages/package.ts', packagesPage],
  ['PackageReports', 'src/schema/packages/package-reports.ts', packagesPage],
  ['PackageErrors', 'src/schema/packages/package-errors.ts', packagesPage],
  ['PackageAccounts', 'src/schema/packages/package-accounts.ts', packagesPage],
  ['AccountHistory', 'src/schema/packages/account-history.ts', packagesPage],
  ['HistoryRecord', 'src/schema/packages/account-history.ts', packagesPage],
  ['AccountFacts', 'src/schema/packages/package-accounts.ts', packagesPage],
  ['NewAccount', 'src/schema/packages/package-accounts.ts', packagesPage],
  ['ChangingAccount', 'src/schema/packages/package-accounts.ts', packagesPage],
  ['FactorRules', 'src/values/proof.ts', packagesPage],
  ['ProofKind', 'src/values/proof.ts', packagesPage],
  ['RightProof', 'src/values/proof.ts', packagesPage],
  ['WrongProof', 'src/values/proof.ts', packagesPage],
  ['GroupDemand', 'src/values/proof.ts', packagesPage],
  ['AccountNotice', 'src/values/proof.ts', packagesPage],
  ['OidcOptions', 'packages/providers/src/oidc.ts', 'packages/providers/README.md'],
  ['FactorsOptions', 'packages/factors/src/options.ts', 'packages/factors/README.md'],
  ['MailOptions', 'packages/mail/src/options.ts', 'packages/mail/README.md'],
  ['LoginAttemptCounters', 'src/schema/packages/package.ts', packagesPage],
  ['LoginAttemptTable', 'src/schema/packages/package.ts', packagesPage],
  ['PackageSetting', 'src/values/package-setting.ts', packagesPage],
  ['Check', 'src/values/check.ts', packagesPage],
  ['LoginAttemptStore', 'src/values/login-attempt-store.ts', packagesPage],
  ['AttemptCounter', 'src/values/login-attempt-store.ts', packagesPage],
  ['EventCarrier', 'src/events/event-carrier.ts', packagesPage],
  ['StoredBatches', 'src/events/event-carrier.ts', packagesPage],
  ['EventReceiver', 'src/events/event-carrier.ts', packagesPage],
  ['EventDefinition', 'src/schema/domain.ts', 'docs/reference/events.md'],
  ['DomainCommand', 'src/schema/domain-command.ts', domainsPage],
  ['CustomClient', 'src/changes/data-client.ts', configuration],
  ['ChangeEvent', 'src/changes/change.ts', 'docs/reference/change.md'],
  ['ChangeOptions', 'src/changes/change.ts', 'docs/reference/change.md'],
  ['BaseContext', 'src/context/context.ts', contextPage],
  ['IdentityLoad', 'src/identity/identity-context.ts', contextPage],
  ['UserViewer', 'src/authentication/viewer.ts', contextPage],
  ['ApiClientViewer', 'src/authentication/viewer.ts', contextPage],
  ['AnonymousViewer', 'src/authentication/viewer.ts', contextPage],
  ['TestGatehouseOptions', 'src/testing/start-test-gatehouse.ts', 'docs/guides/testing.md'],
  ['TestGatehouse', 'src/testing/start-test-gatehouse.ts', 'docs/guides/testing.md'],
  ['RunResult', 'src/testing/run.ts', 'docs/guides/testing.md'],
  ['GatehouseOptions', 'src/gatehouse/start-gatehouse.ts', configuration],
  ['Gatehouse', 'src/gatehouse/start-gatehouse.ts', configuration],
  ['Hosts', 'src/doors/hosts/hosts.ts', configuration],
  ['AuthorizationOptions', `${library}/index.ts`, libraryPage],
  ['Authorization', `${library}/index.ts`, libraryPage],
  ['TokenViewerOptions', `${library}/tokens/token-viewer.ts`, libraryPage],
  [
    'GatehouseClientOptions',
    'packages/client/src/gatehouse-client.ts',
    'packages/client/README.md',
  ],
  ['GatehouseClient', 'packages/client/src/gatehouse-client.ts', 'packages/client/README.md'],
] as const;

describe('the documents for users', () => {
  it.each(doors)('name everything that %s exports', (_door, file) => {
    expect(exportsOf(file).filter((name) => !isNamed(name))).toEqual([]);
  });

  it.each(described)('describe each member of %s', (name, file, page) => {
    const members = membersOf(file, name);
    expect(members).not.toEqual([]);
    expect(members.filter((member) => !isNamed(member, codes.get(page)))).toEqual([]);
  });

  it('use each command somewhere beside its list of options', () => {
    const commands = leavesOf(describedProgram(), []).map(({ path }) => path.slice(1).join(' '));
    expect(commands).toContain('access-matrix');
    const unused = commands.filter(
      (words) => !new RegExp(`(gatehouse |\`)${words}\\b`).test(allCode),
    );
    expect(unused).toEqual([]);
  });
});
