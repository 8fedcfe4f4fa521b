import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEmail } from '../../src/values/email.ts';

describe('an address', () => {
  it.each([
    { typed: 'ada@example.org', text: 'ada@example.org', key: 'ada@example.org' },
    { typed: 'Ada.L+x@Example.ORG', text: 'Ada.L+x@example.org', key: 'ada.l+x@example.org' },
    {
      typed: 'ada@bücher.example',
      text: 'ada@xn--bcher-kva.example',
      key: 'ada@xn--bcher-kva.example',
    },
    {
      typed: 'ada@BÜCHER.example',
      text: 'ada@xn--bcher-kva.example',
      key: 'ada@xn--bcher-kva.example',
    },
    { typed: "o'hara@example.org", text: "o'hara@example.org", key: "o'hara@example.org" },
    { typed: 'ada@localhost', text: 'ada@localhost', key: 'ada@localhost' },
  ])('is $text for $typed', ({ typed, text, key }) => {
    expect(parseEmail(typed)).toEqual({ text, key });
  });

  it.each([
    { what: 'nothing', typed: '' },
    { what: 'no domain', typed: 'ada@' },
    { what: 'no local part', typed: '@example.org' },
    { what: 'no @', typed: 'ada' },
    { what: 'two @', typed: 'ada@b@example.org' },
    { what: 'a quoted local part', typed: '"ada l"@example.org' },
    { what: 'a comment', typed: 'ada(comment)@example.org' },
    { what: 'a comment in the domain', typed: 'ada@example.org(comment)' },
    { what: 'a display name', typed: 'Ada <ada@example.org>' },
    { what: 'a list', typed: 'ada@example.org,eve@example.org' },
    { what: 'a list with a semicolon', typed: 'ada@example.org;eve@example.org' },
    { what: 'a line break', typed: 'ada@example.org\r\nBcc: eve@example.org' },
    { what: 'a line break at its end', typed: 'ada@example.org\n' },
    { what: 'NUL', typed: 'ada\0@example.org' },
    { what: 'spaces at its ends', typed: ' ada@example.org ' },
    { what: 'two dots', typed: 'ada..l@example.org' },
    { what: 'a dot at the end of the local part', typed: 'ada.@example.org' },
    { what: 'a letter of another script', typed: 'аda@example.org' },
    { what: 'a wide letter', typed: 'ａda@example.org' },
    { what: 'a wide @', typed: 'ada＠example.org' },
    { what: 'an address of a machine', typed: 'ada@[127.0.0.1]' },
    { what: 'a number as its domain', typed: 'ada@127.0.0.1' },
    { what: 'a port', typed: 'ada@example.org:25' },
    { what: 'an encoded domain', typed: 'ada@ex%61mple.org' },
    { what: 'a label that begins with a hyphen', typed: 'ada@-example.org' },
    { what: 'a dot at the end of the domain', typed: 'ada@example.org.' },
    { what: 'a local part of 65 characters', typed: `${'a'.repeat(65)}@example.org` },
    { what: '10,000 characters', typed: `${'a'.repeat(9_988)}@example.org` },
  ])('has another form with $what', ({ typed }) => {
    expect(parseEmail(typed)).toBeUndefined();
  });

  it('has its own text as a form, and letters of ASCII alone', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.emailAddress(),
          fc.string({ unit: 'binary' }),
          fc.tuple(fc.string(), fc.domain()).map((parts) => parts.join('@')),
        ),
        (typed) => {
          const found = parseEmail(typed);
          if (found === undefined) return;
          expect(found.text).toMatch(/^[!-?A-~]+@[a-z0-9.-]+$/);
          expect(parseEmail(found.text)).toEqual(found);
          expect(parseEmail(found.key)?.key).toBe(found.key);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('keeps domains apart that look alike', () => {
    expect(parseEmail('ada@exаmple.org')?.key).not.toBe(parseEmail('ada@example.org')?.key);
  });
});
