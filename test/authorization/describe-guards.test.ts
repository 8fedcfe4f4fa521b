import { printGuardedSchema } from '@graphql-gatehouse/authorization/reports';
import { buildSchema, isEnumType, isInputObjectType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { groupsOnly, guard, runAlone, withPolicies } from './fixtures.ts';

const policies = { SELF: () => true, BOSS: () => true };

/** The description of `Query.a`, whose own description and guards are given. */
function described(guards: string, own = ''): string | null | undefined {
  const { schema } = guard(`${withPolicies} type Query { ${own} a: Int ${guards} }`, { policies });
  return schema.getQueryType()?.getFields().a?.description;
}

describe('the last sentence of a description', () => {
  it.each([
    { guards: '@public', sentence: 'Public.' },
    { guards: '@auth', sentence: 'For any authenticated viewer.' },
    { guards: '@auth(requires: [ADMIN])', sentence: 'For ADMIN.' },
    { guards: '@auth(requires: [ADMIN, USER])', sentence: 'For ADMIN or USER.' },
    {
      guards: '@auth(requires: [ADMIN, USER], or: [SELF])',
      sentence: 'For ADMIN or USER, or by SELF.',
    },
    { guards: '@auth(or: [SELF, BOSS])', sentence: 'For viewers allowed by SELF or BOSS.' },
    { guards: '@auth @auth(requires: [ADMIN])', sentence: 'For ADMIN.' },
    { guards: '@auth(requires: [ADMIN, USER]) @auth(requires: [ADMIN])', sentence: 'For ADMIN.' },
    {
      guards: '@auth(requires: [ADMIN], or: [SELF]) @auth(or: [SELF])',
      sentence: 'For viewers allowed by SELF.',
    },
    { guards: '@auth(requires: [ADMIN, ADMIN]) @auth(requires: [ADMIN])', sentence: 'For ADMIN.' },
    {
      guards: '@auth(requires: [ADMIN, USER]) @auth(requires: [EDITOR], or: [SELF])',
      sentence: 'For viewers who meet all of: ADMIN or USER; EDITOR, or by SELF.',
    },
  ])('of $guards is "$sentence"', ({ guards, sentence }) => {
    expect(described(guards)).toBe(sentence);
  });

  it.each([
    {
      guards: '@auth(requires: [ADMIN], readable: true)',
      sentence: 'To supply it: For ADMIN.',
    },
    {
      guards: '@auth(requires: [EDITOR]) @auth(requires: [ADMIN], readable: true)',
      sentence: 'For EDITOR. To supply it: For ADMIN.',
    },
    { guards: '@auth(requires: [EDITOR])', sentence: 'For EDITOR.' },
  ])('of an enum value with $guards is "$sentence"', ({ guards, sentence }) => {
    const { schema } = guard(
      `${groupsOnly} enum Color { RED ${guards} } type Query { a(color: Color): Color @public }`,
    );
    const color = schema.getType('Color');
    expect(isEnumType(color) && color.getValue('RED')?.description).toBe(sentence);
  });

  it.each([
    { own: '"What it is."', whole: 'What it is. For ADMIN.' },
    { own: '"What it is"', whole: 'What it is. For ADMIN.' },
    { own: '"In `code`"', whole: 'In `code` For ADMIN.' },
    { own: '"""One.\n- two"""', whole: 'One.\n- two\n\nFor ADMIN.' },
    { own: '"Said before. For ADMIN."', whole: 'Said before. For ADMIN.' },
  ])('follows $own', ({ own, whole }) => {
    expect(described('@auth(requires: [ADMIN])', own)).toBe(whole);
  });
});

describe('descriptions', () => {
  const { schema, source } = guard(`${groupsOnly}
    type Query { a(x: In @auth(requires: [USER])): T @public, free: U @public }
    type T implements I @auth(requires: [ADMIN]) { n: E, m: Int }
    interface I { n: E @auth(requires: [EDITOR]) }
    type U { n: Int }
    input In { n: Int @auth }
    enum E { N @auth(requires: [ADMIN]), M }
    type Lost { n: Int }`);
  const fieldsOf = (name: string) => {
    const type = schema.getType(name);
    return isObjectType(type) || isInputObjectType(type) ? type.getFields() : {};
  };

  it('tell what is inherited too, on every kind of element', () => {
    expect(schema.getQueryType()?.getFields().a?.args[0]?.description).toBe('For USER.');
    expect(schema.getType('T')?.description).toBe('For ADMIN.');
    expect(fieldsOf('T').m?.description).toBe('For ADMIN.');
    expect(fieldsOf('T').n?.description).toBe('For viewers who meet all of: EDITOR; ADMIN.');
    expect(fieldsOf('In').n?.description).toBe('For any authenticated viewer.');
    const type = schema.getType('E');
    expect(isEnumType(type) && type.getValue('N')?.description).toBe('For ADMIN.');
  });

  it('stay as they are where nothing is asked', () => {
    expect(schema.getType('U')?.description).toBeUndefined();
    expect(fieldsOf('U').n?.description).toBeUndefined();
    expect(fieldsOf('Lost').n?.description).toBeUndefined();
  });

  it('do not touch the schema that was given', () => {
    expect(source.getType('T')?.description).toBeUndefined();
  });

  it('do not grow when the schema is printed and built again', () => {
    const again = guard(printGuardedSchema(schema));
    expect(again.schema.getType('T')?.description).toBe('For ADMIN.');
  });

  it('are what introspection shows', async () => {
    const guarded = guard(`${groupsOnly} type Query { a: Int @auth(requires: [ADMIN]) }`);
    const { data } = await runAlone(
      guarded,
      '{ __type(name: "Query") { fields { description } } }',
    );
    expect(data).toEqual({ __type: { fields: [{ description: 'For ADMIN.' }] } });
  });

  it('leave valid SDL', () => {
    expect(() => buildSchema(printGuardedSchema(schema))).not.toThrow();
  });
});
