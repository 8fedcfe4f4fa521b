import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import config from '../../packages/create-graphql-gatehouse/template/gatehouse.config.ts';
import { createSchemaReport } from '../../src/gatehouse/schema-report.ts';

const directory = fileURLToPath(
  new URL('../../packages/create-graphql-gatehouse/template', import.meta.url),
);
const report = createSchemaReport({
  directory,
  config: { ...config, implies: { ADMIN: ['ACCOUNTANT'] } },
});

it('prints what a group of Gatehouse implies by the configuration', () => {
  expect(report.print()).toMatch(/^ {2}ADMIN @auth\(.*\) @implies\(groups: \[ACCOUNTANT\]\)$/m);
});

it('gives such a group the access of the groups that it implies, in the access matrix', () => {
  const { columns, rows } = report.accessMatrix();
  const row = rows.find(({ coordinate }) => coordinate === 'Mutation.payInvoice');
  expect(row?.requirement).toMatch(/^@auth\(requires: \[ACCOUNTANT\]\)/);
  expect(row?.cells[columns.indexOf('ADMIN')]).toBe('all');
  expect(row?.cells[columns.indexOf('AUDITOR')]).toBe('denied');
});
