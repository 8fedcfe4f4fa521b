import { readFileSync } from 'node:fs';
import { gatehouseConsole } from '@graphql-gatehouse/console';
import { factors } from '@graphql-gatehouse/factors';
import { mail } from '@graphql-gatehouse/mail';
import { oidc, providers } from '@graphql-gatehouse/providers';
import { type ConstDirectiveNode, type FieldDefinitionNode, Kind, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createSchemaReport } from '../src/gatehouse/schema-report.ts';
import { roomsProject } from './support/rooms-project.ts';

const text = readFileSync(new URL('../docs/operations/security.md', import.meta.url), 'utf8');
const section = text.slice(text.indexOf('### Account takeover'), text.indexOf('Out of scope:'));
const namesIn = (words: string): readonly string[] =>
  [...words.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);

/** What each field of the table needs. */
const rows = section
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .flatMap((line) => {
    const [, fields = '', , needs = ''] = line.split('|');
    return namesIn(fields).map((field) => ({ field, needs: needs.trim() }));
  });
const harmless = namesIn(section.slice(section.indexOf('These give no access to an account:')));

/** Gatehouse's own schema with all packages, and every option that adds fields. */
const acme = oidc({ issuer: 'https://id.acme.example', signUp: 'open' });
const packages = [factors(), mail({ signUp: true }), providers({ ACME: acme }), gatehouseConsole()];
const { definitions } = parse(
  createSchemaReport({ directory: roomsProject.directory, config: { packages } }).print(),
);
const mutations: readonly FieldDefinitionNode[] = definitions.flatMap((node) =>
  node.kind === Kind.OBJECT_TYPE_DEFINITION && node.name.value === 'Mutation'
    ? (node.fields ?? [])
    : [],
);
const mutationNamed = (name: string) => mutations.find((field) => field.name.value === name);
const hasMaxAge = (directives: readonly ConstDirectiveNode[] = []): boolean =>
  directives.some(({ arguments: args = [] }) => args.some(({ name }) => name.value === 'maxAge'));
const groupNamed = (name: string) =>
  definitions
    .flatMap((node) =>
      node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === 'Group'
        ? (node.values ?? [])
        : [],
    )
    .find((value) => value.name.value === name);
const argumentsOf = (name: string): readonly string[] =>
  (mutationNamed(name)?.arguments ?? []).map((each) => each.name.value);

/** What the schema has to say where the table says what a field needs. */
const checks: Readonly<Record<string, (field: string) => boolean>> = {
  proof: (field) => argumentsOf(field).includes('proof'),
  begun: (field) => ['enrolment', 'response'].some((name) => argumentsOf(field).includes(name)),
  password: (field) =>
    ['password', 'currentPassword'].some((name) => argumentsOf(field).includes(name)),
  token: (field) => ['token', 'refreshToken'].some((name) => argumentsOf(field).includes(name)),
  provider: (field) => argumentsOf(field).includes('challenge'),
  age: (field) => hasMaxAge(mutationNamed(field)?.directives),
  'age at `Group.ADMIN`': () => hasMaxAge(groupNamed('ADMIN')?.directives),
};

describe('the threat model of a stolen token', () => {
  it('names every mutation of Gatehouse and its packages once', () => {
    const named = [...rows.map(({ field }) => field), ...harmless];
    expect(named.toSorted()).toEqual(mutations.map(({ name }) => name.value).toSorted());
  });

  it.each(rows)('says what `$field` needs: $needs', ({ field, needs }) => {
    expect(checks[needs]?.(field)).toBe(true);
  });

  it('has a proof wherever a field takes one', () => {
    const taking = mutations.filter(({ name }) => argumentsOf(name.value).includes('proof'));
    // The proof of a new account is no proof of the viewer: the token of a mail allows the account.
    const ofNew = ({ needs, field }: (typeof rows)[number]) =>
      needs === 'token' && argumentsOf(field).includes('username');
    const proven = rows.filter(
      (row) => row.needs === 'proof' || (ofNew(row) && argumentsOf(row.field).includes('proof')),
    );
    expect(taking.map(({ name }) => name.value).toSorted()).toEqual(
      proven.map(({ field }) => field).toSorted(),
    );
  });
});
