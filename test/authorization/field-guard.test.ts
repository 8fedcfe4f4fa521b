import type { GraphQLResolveInfo } from 'graphql';
import { buildSchema, defaultFieldResolver, execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Resolver } from '../../packages/authorization/src/enforcement/calls/field-call.ts';
import { createFastPath } from '../../packages/authorization/src/enforcement/fields/field-guard.ts';
import { anonymous, type TestContext } from './fixtures.ts';

const editor = [{ requires: ['EDITOR'], or: [] }];
const otherwise: Resolver<TestContext> = () => 'checked in full';

const open = (admitted: Resolver<TestContext> = () => 'admitted') =>
  createFastPath<TestContext['viewer'], TestContext>(editor, ({ viewer }) => viewer)(
    admitted,
    otherwise,
  );

/** Groups that count how often they are asked for. */
class CountedGroups extends Set<string> {
  asked = 0;

  override has(group: string): boolean {
    this.asked += 1;
    return super.has(group);
  }
}

/** What graphql-js passes to the resolver of `Query.name`, as it is there. */
function infoOfName(): GraphQLResolveInfo {
  const schema = buildSchema('type Query { name: String }');
  const infos: GraphQLResolveInfo[] = [];
  const fieldResolver = (
    _source: unknown,
    _args: unknown,
    _context: unknown,
    info: GraphQLResolveInfo,
  ) => {
    infos.push(info);
  };
  void execute({ schema, document: parse('{ name }'), fieldResolver });
  const [info] = infos;
  if (info === undefined) throw new Error('The resolver was not called.');
  return info;
}

const info = infoOfName();

describe('the fast path of a field guard', () => {
  it('admits by groups, and leaves every other viewer to the full check', () => {
    const resolve = open();
    const viewer = { isAuthenticated: true, groups: new Set(['EDITOR']) } as const;
    const other = { isAuthenticated: true, groups: new Set(['USER']) } as const;
    expect(resolve({}, {}, { viewer }, info)).toBe('admitted');
    expect(resolve({}, {}, { viewer: other }, info)).toBe('checked in full');
    expect(resolve({}, {}, { viewer: anonymous }, info)).toBe('checked in full');
  });

  it.each([
    { title: 'a property of an object', source: { name: 'plain' } },
    { title: 'what a method of an object gives', source: { name: () => 'called' } },
    { title: 'nothing of an object without it', source: {} },
    { title: 'nothing of null', source: null },
    { title: 'nothing of a text', source: 'text' },
    { title: 'a property of a function', source: () => 'whole' },
  ])('reads as graphql-js does: $title', ({ source }) => {
    const viewer = { isAuthenticated: true, groups: new Set(['EDITOR']) } as const;
    const found = open(defaultFieldResolver)(source, {}, { viewer }, info);
    expect(found).toBe(defaultFieldResolver(source, {}, { viewer }, info));
  });

  it('asks a resolver of the application, and not the property of that name', () => {
    const viewer = { isAuthenticated: true, groups: new Set(['EDITOR']) } as const;
    const resolve = open(() => 'resolved');
    expect(resolve({ name: 'plain' }, {}, { viewer }, info)).toBe('resolved');
  });

  it('asks for the groups of one viewer a few times, however long the list is', async () => {
    const groups = new CountedGroups(['EDITOR']);
    const viewer = { isAuthenticated: true, groups } as const;
    const resolve = open();
    const askAll = () => {
      for (let item = 0; item < 1_000; item += 1) resolve({}, {}, { viewer }, info);
    };
    askAll();
    expect(groups.asked).toBe(16);
    await Promise.resolve();
    askAll();
    expect(groups.asked).toBe(32);
  });

  it('remembers no one beyond the code that runs now', async () => {
    const groups = new Set(['EDITOR']);
    const viewer = { isAuthenticated: true, groups } as const;
    const resolve = open();
    for (let item = 0; item < 100; item += 1) resolve({}, {}, { viewer }, info);
    groups.clear();
    await Promise.resolve();
    expect(resolve({}, {}, { viewer }, info)).toBe('checked in full');
  });

  it('lets no one in because another was', () => {
    const viewer = { isAuthenticated: true, groups: new Set(['EDITOR']) } as const;
    const other = { isAuthenticated: true, groups: new Set(['USER']) } as const;
    const resolve = open();
    for (let item = 0; item < 100; item += 1) resolve({}, {}, { viewer }, info);
    expect(resolve({}, {}, { viewer: other }, info)).toBe('checked in full');
    expect(resolve({}, {}, { viewer: anonymous }, info)).toBe('checked in full');
  });
});
