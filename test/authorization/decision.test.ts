import { describe, expect, it } from 'vitest';
import {
  compileGroupAdmission,
  decideByGroups,
} from '../../packages/authorization/src/decision/decision.ts';
import { anonymous, holding } from './fixtures.ts';

const any = { requires: [], or: [] };
const editor = { requires: ['EDITOR'], or: [] };
const adminOrUser = { requires: ['ADMIN', 'USER'], or: [] };
const self = { requires: [], or: ['SELF'] };
const editorOrSelf = { requires: ['EDITOR'], or: ['SELF'] };

const rows = [
  {
    title: 'nothing, of an anonymous viewer',
    requirement: [],
    viewer: anonymous,
    outcome: 'allowed',
  },
  {
    title: 'a log-in, of an anonymous viewer',
    requirement: [any],
    viewer: anonymous,
    outcome: 'unauthenticated',
  },
  {
    title: 'a log-in, of a viewer without groups',
    requirement: [any],
    viewer: holding(),
    outcome: 'allowed',
  },
  {
    title: 'a group, of an anonymous viewer',
    requirement: [editor],
    viewer: anonymous,
    outcome: 'unauthenticated',
  },
  {
    title: 'a group, of a viewer without groups',
    requirement: [editor],
    viewer: holding(),
    outcome: 'forbidden',
  },
  {
    title: 'a group, of a viewer in another',
    requirement: [editor],
    viewer: holding('ADMIN'),
    outcome: 'forbidden',
  },
  {
    title: 'a group, of a viewer in an unknown one',
    requirement: [editor],
    viewer: holding('editor'),
    outcome: 'forbidden',
  },
  {
    title: 'a group, of a viewer in it',
    requirement: [editor],
    viewer: holding('EDITOR'),
    outcome: 'allowed',
  },
  {
    title: 'one of two groups, of a viewer in the second',
    requirement: [adminOrUser],
    viewer: holding('USER'),
    outcome: 'allowed',
  },
  {
    title: 'two clauses, of a viewer who meets one',
    requirement: [editor, adminOrUser],
    viewer: holding('EDITOR'),
    outcome: 'forbidden',
  },
  {
    title: 'two clauses, of a viewer who meets both',
    requirement: [editor, adminOrUser],
    viewer: holding('EDITOR', 'ADMIN'),
    outcome: 'allowed',
  },
  {
    title: 'a policy, of an anonymous viewer',
    requirement: [self],
    viewer: anonymous,
    outcome: 'unauthenticated',
  },
  {
    title: 'a policy, of a viewer',
    requirement: [self],
    viewer: holding('ADMIN'),
    outcome: 'depends',
  },
  {
    title: 'a group or a policy, of a viewer in the group',
    requirement: [editorOrSelf],
    viewer: holding('EDITOR'),
    outcome: 'allowed',
  },
  {
    title: 'a group or a policy, of a viewer without it',
    requirement: [editorOrSelf],
    viewer: holding('USER'),
    outcome: 'depends',
  },
  {
    title: 'a policy and a group that the viewer lacks',
    requirement: [self, editor],
    viewer: holding(),
    outcome: 'forbidden',
  },
  {
    title: 'a policy and a group that the viewer holds',
    requirement: [self, editor],
    viewer: holding('EDITOR'),
    outcome: 'depends',
  },
];

describe('decide', () => {
  it.each(rows)('asked $title: $outcome', ({ requirement, viewer, outcome }) => {
    expect(decideByGroups(requirement, viewer).outcome).toBe(outcome);
  });

  it('names every clause that is not met', () => {
    const decision = decideByGroups([editor, any, adminOrUser], holding());
    expect(decision).toEqual({ outcome: 'forbidden', unmet: [editor, adminOrUser] });
  });

  it('names no clause that a policy could still meet, once another has failed', () => {
    expect(decideByGroups([self, editor], holding())).toEqual({
      outcome: 'forbidden',
      unmet: [editor],
    });
  });

  it('names every clause that waits for a policy', () => {
    const decision = decideByGroups([self, any, editorOrSelf], holding());
    expect(decision).toEqual({ outcome: 'depends', clauses: [self, editorOrSelf] });
  });

  it('passes on why the viewer is not authenticated', () => {
    const expired = { isAuthenticated: false, reason: 'TOKEN_EXPIRED' } as const;
    expect(decideByGroups([any], expired)).toEqual({
      outcome: 'unauthenticated',
      reason: 'TOKEN_EXPIRED',
    });
  });
});

describe('compileGroupAdmission', () => {
  it.each(rows)('answers at once when asked $title', ({ requirement, viewer, outcome }) => {
    expect(compileGroupAdmission(requirement)(viewer)).toBe(outcome === 'allowed');
  });
});
