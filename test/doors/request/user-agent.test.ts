import { expect, it } from 'vitest';
import { toUserAgent } from '../../../src/doors/request/user-agent.ts';

it.each([
  { what: 'a usual one', header: 'curl/8.5.0 (x86; "é")', kept: 'curl/8.5.0 (x86; "é")' },
  { what: 'a C1 control, which terminals obey', header: 'a\u009b31mb', kept: 'a 31mb' },
  { what: 'C0 controls and DEL', header: 'a\u001b[2J\tb\u007fc', kept: 'a [2J b c' },
  { what: 'a turned direction of writing', header: 'a\u202eb\u2066c', kept: 'a b c' },
  { what: 'line separators', header: 'a\u2028b\u2029c', kept: 'a b c' },
  { what: 'half a character', header: 'a\ud83db', kept: 'a b' },
  { what: 'a character outside of the first plane', header: 'a\u{1f600}b', kept: 'a\u{1f600}b' },
  { what: 'a long one', header: 'a'.repeat(300), kept: 'a'.repeat(256) },
  {
    what: 'a cut in the middle of a character',
    header: `${'a'.repeat(255)}\u{1f600}`,
    kept: 'a'.repeat(255),
  },
  { what: 'nothing but controls', header: '\u0085\u009f', kept: undefined },
  { what: 'none', header: undefined, kept: undefined },
])('keeps of $what only what people can read', ({ header, kept }) => {
  expect(toUserAgent(header)).toBe(kept);
});
