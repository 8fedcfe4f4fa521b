import {
  createFindRule,
  decideOperation,
  type OperationNeeds,
} from '@graphql-gatehouse/authorization/decision';
import {
  createAccessMatrix,
  createAccessRecord,
  createDecideForAnyVariables,
  decideAccessRecord,
  explain,
  operationColumns,
  parseOperation,
  printExplanation,
  printVerdict,
  toMarkdown,
} from '@graphql-gatehouse/authorization/reports';
import { compileGuards, compileNeeds, compileRules } from '@graphql-gatehouse/authorization/rules';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { at } from './proofs-world.ts';
import { askers, createRuleProofs } from './rule-proofs-world.ts';

const { source, requirements } = createRuleProofs();

describe('the access matrix', () => {
  const matrix = toMarkdown(createAccessMatrix(source, requirements, ['ADMIN']));
  it.each([
    ['Query.vault', 'no | `exists: Vault`, 2 factors | all, 2 factors'],
    ['Query.node', 'no | `exists: Vault, Shelf`, 2 factors | all, 2 factors'],
    ['Query.page', 'no | `exists: Vault, Shelf`, 2 factors | all, 2 factors'],
    [
      'Query.named(id:)',
      '`exists: Vault`, 2 factors | `exists: Vault`, 2 factors | all, 2 factors',
    ],
    ['Into.ids', '`exists: Vault`, 2 factors | `exists: Vault`, 2 factors | all, 2 factors'],
  ])('says at %s whose rows it is about, and what their rule asks', (coordinate, cells) => {
    const line = matrix.split('\n').find((each) => each.startsWith(`| \`${coordinate}\` |`));
    expect(line).toContain(`| ${cells} |`);
  });

  it('is kept with the proof, which a program lacks for some rows alone', () => {
    const record = createAccessRecord(source, requirements);
    const program = { groups: new Set(['ADMIN']), factors: 1 } as const;
    const found = new Map(
      decideAccessRecord(record, program).map(({ coordinate, ...rest }) => [coordinate, rest]),
    );
    expect(found.get('Query.vault')).toEqual({ verdict: 'refused', conditions: ['2 factors'] });
    expect(found.get('Query.node')).toEqual({ verdict: 'allowed', conditions: ['2 factors'] });
  });
});

describe('an explanation', () => {
  const print = (text: string) =>
    printExplanation(
      explain({ schema: source, requirements, document: parseOperation(text), groups: ['ADMIN'] }),
    );

  it('has what the rules of rows ask that ids name, also by default', () => {
    expect(print('{ named(id: "1") byDefault }')).toEqual([
      'path       coordinate        requirement  decision',
      'named      Query.named       @auth        allowed, 2 factors',
      'named      Query.named(id:)  -            allowed',
      'byDefault  Query.byDefault   @auth        allowed, 2 factors',
      '',
      'Verdict: the operation would run.',
      'Authentication: 2 factors.',
    ]);
  });

  it('has what rows of a connection can ask, which is not asked of the operation', () => {
    const lines = print('{ page(ids: []) { totalCount } }');
    expect(lines[1]).toMatch(/allowed, 2 factors$/);
    expect(lines.at(-1)).toBe('Verdict: the operation would run.');
  });
});

const { owner, admin, provenOwner, provenAdmin, program, anonymous } = askers;

describe('the outcome of an operation for a front end', () => {
  const guards = compileGuards(source);
  const find = createFindRule(compileRules(guards));
  const needsOf = (text: string): OperationNeeds => {
    const needs = compileNeeds(guards, parse(text));
    if (needs === undefined) throw new Error('unreachable');
    return needs;
  };

  it.each([
    ['{ vault(id: 1) { id } }', admin, 'reauthenticate'],
    ['{ named(id: 1) }', admin, 'reauthenticate'],
    ['{ named(id: 1) }', owner, 'reauthenticate'],
    ['{ named(id: 1) }', provenOwner, 'depends'],
    ['{ named(id: 1) }', provenAdmin, 'allowed'],
    ['{ named(id: 1) }', program, 'denied'],
    ['{ named }', admin, 'allowed'],
    ['{ byDefault }', admin, 'reauthenticate'],
    ['{ openNamed(id: 1) }', anonymous, 'depends'],
    ['mutation { open(id: 1) }', admin, 'reauthenticate'],
    ['{ namedNode(id: 1) }', admin, 'depends'],
    ['{ input(input: { ids: [1] }) }', admin, 'depends'],
    ['{ page(ids: []) { totalCount } }', admin, 'depends'],
    ['{ page(ids: []) { totalCount } }', provenAdmin, 'allowed'],
    ['{ vaultPage { totalCount } }', admin, 'reauthenticate'],
    ['{ node(id: 1) { id } }', admin, 'depends'],
    ['{ node(id: 1) { id } }', provenAdmin, 'allowed'],
  ] as const)('of %s for %o is %s', (text, viewer, outcome) => {
    const request = { ...needsOf(text), find, variables: {}, now: () => at(0) };
    expect(decideOperation(request, viewer)).toBe(outcome);
  });

  it.each([
    [{ id: '1' }, 'depends'],
    [{}, 'allowed'],
  ] as const)('is that of the variables %o', (variables, outcome) => {
    const needs = needsOf('query ($id: ID) { named(id: $id) }');
    expect(decideOperation({ ...needs, find, variables, now: () => at(0) }, admin)).toBe(outcome);
  });
});

describe('the registry of operations', () => {
  const verdictsOf = (text: string) => {
    const decide = createDecideForAnyVariables({ schema: source, requirements }, parse(text));
    return operationColumns(['ADMIN']).map(({ viewer }) => printVerdict(decide(viewer)));
  };

  it.each([
    ['query ($id: ID!) { byDefault(id: $id) }', 'refused: Query.byDefault', 'allowed, factors 2'],
    ['{ named(id: "1") }', 'refused: Query.named', 'allowed, factors 2, depends: id'],
    ['query ($id: ID) { named(id: $id) }', 'allowed, depends: id', 'allowed, factors 2'],
    ['query ($id: ID!) { namedNode(id: $id) }', 'allowed, depends: id', 'allowed, factors 2'],
    ['{ page(ids: []) { totalCount } }', 'allowed, narrowed, depends: type', 'allowed, factors 2'],
  ])('says of %s what rules of rows ask', (text, ofProgram, ofAdmin) => {
    const [, authenticated, api, group] = verdictsOf(text);
    expect([api, group]).toEqual([ofProgram, ofAdmin]);
    expect(authenticated).toContain('factors 2');
  });
});
