import { factors } from '@graphql-gatehouse/factors';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import {
  acceptFindings,
  composeForReports,
  createSchemaReport,
} from '../../src/gatehouse/schema-report.ts';
import { acceptedFindings } from '../../src/schema/packages/packages.ts';
import { roomsProject } from '../support/rooms-project.ts';

const key = `1:${Buffer.alloc(32, 7).toString('base64url')}`;
const parse = (given: Readonly<Record<string, string>>) =>
  parseConfig({ ...given }, [factors()]).ofPackages;
const production = {
  NODE_ENV: 'production',
  DATABASE: 'embedded',
  SIGNING_KEYS_FILE: '/keys/signing.json',
};

describe('the settings of second factors', () => {
  it('have defaults for development', () => {
    expect(parse({})).toEqual({
      FACTORS_KEYS: undefined,
      FACTORS_ISSUER: 'Gatehouse',
      PASSKEY_RP_ID: undefined,
      PASSKEY_ORIGINS: undefined,
      FACTORS_SEPARATE_DUTIES: 'on',
    });
  });

  it('need a key in production', () => {
    expect(() => parse(production)).toThrow(/FACTORS_KEYS is required in production/);
  });

  it.each([
    { id: 'example.org', origins: 'https://example.org' },
    { id: 'example.org', origins: 'https://www.example.org, https://a.b.example.org:8443' },
    { id: 'localhost', origins: 'http://localhost:5173' },
  ])('accept passkeys of $id for $origins', ({ id, origins }) => {
    const found = parse({ PASSKEY_RP_ID: id, PASSKEY_ORIGINS: origins, FACTORS_KEYS: key });
    expect(found.PASSKEY_RP_ID).toBe(id);
  });

  it.each([
    { given: { PASSKEY_RP_ID: 'example.org' }, says: 'PASSKEY_ORIGINS is required' },
    { given: { PASSKEY_ORIGINS: 'https://example.org' }, says: 'PASSKEY_RP_ID is required' },
    { given: { PASSKEY_RP_ID: 'https://example.org' }, says: 'PASSKEY_RP_ID must be a domain' },
    { given: { PASSKEY_RP_ID: 'Example.org' }, says: 'PASSKEY_RP_ID must be a domain' },
    { given: { PASSKEY_RP_ID: 'example.org:443' }, says: 'PASSKEY_RP_ID must be a domain' },
    { given: { PASSKEY_ORIGINS: 'https://example.org/' }, says: 'PASSKEY_ORIGINS must be a list' },
    { given: { PASSKEY_ORIGINS: '*' }, says: 'PASSKEY_ORIGINS must be a list' },
    {
      given: { PASSKEY_RP_ID: 'example.org', PASSKEY_ORIGINS: 'https://evilexample.org' },
      says: 'PASSKEY_ORIGINS must be origins',
    },
    {
      given: { PASSKEY_RP_ID: 'example.org', PASSKEY_ORIGINS: 'http://example.org' },
      says: 'PASSKEY_ORIGINS must be origins',
    },
    {
      given: { PASSKEY_RP_ID: 'example.org', PASSKEY_ORIGINS: 'https://example.org.evil.com' },
      says: 'PASSKEY_ORIGINS must be origins',
    },
    { given: { FACTORS_KEYS: '1:short' }, says: 'FACTORS_KEYS must be a list of keys' },
    { given: { FACTORS_ISSUER: 'a:b' }, says: 'FACTORS_ISSUER must have' },
    { given: { FACTORS_SEPARATE_DUTIES: 'no' }, says: 'FACTORS_SEPARATE_DUTIES must be one of' },
  ])('refuse $given', ({ given, says }) => {
    expect(() => parse({ ...given })).toThrow(says);
  });
});

describe('the options of factors', () => {
  it.each([
    { given: { graceDays: -1 }, says: /graceDays must be a whole number/ },
    { given: { graceDays: 1.5 }, says: /graceDays must be a whole number/ },
    { given: { groups: { ADMIN: JSON.parse('3') } }, says: /groups.ADMIN must be 1 or 2/ },
  ])('refuse $given', ({ given, says }) => {
    expect(() => factors(given)).toThrow(says);
  });

  it('refuse a group that the schema does not have', () => {
    const packages = [factors({ groups: { ADMNI: 2 } })];
    const config = { ...roomsProject.config, packages };
    expect(() => composeForReports({ ...roomsProject, config })).toThrow(
      /the package factors: .*ADMNI/,
    );
  });
});

it('gives `gatehouse check` nothing to report', () => {
  const config = { packages: [factors({ groups: { ADMIN: 2 } })] };
  const { findings } = createSchemaReport({ directory: roomsProject.directory, config });
  expect(acceptFindings(findings(), acceptedFindings(config)).open).toEqual([]);
  expect(acceptFindings(findings(), {}).open).not.toEqual([]);
});
