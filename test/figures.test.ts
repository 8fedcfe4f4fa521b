import { describe, expect, it } from 'vitest';
import { figureText, readFigures } from '../scripts/figures/figures.ts';
import { formatDuration, limitText } from '../scripts/figures/limits.ts';
import { fillMarks, misplacedMarks, namesIn, withoutMarks } from '../scripts/figures/marks.ts';
import { markedPages, withFigures } from '../scripts/figures/pages.ts';
import { readPage } from './support/documents.ts';

const marked = markedPages()
  .map((page) => ({ page, text: readPage(page) }))
  .filter(({ text }) => withoutMarks(text) !== text);
const figures = readFigures();

describe('the figures of the documents', () => {
  it('are on many pages', () => {
    expect(marked.length).toBeGreaterThan(20);
  });

  it.each(marked)('are those that were measured, and the limits of the code: $page', ({ text }) => {
    // Another text here: run `npm run figures`.
    expect(text).toBe(withFigures(text));
  });

  it.each(marked)('have marks that readers do not see: $page', ({ text }) => {
    expect(misplacedMarks(text)).toEqual([]);
  });

  it('are all quoted', () => {
    const quoted = new Set(marked.flatMap(({ text }) => namesIn(text, 'figure')));
    expect(Object.keys(figures).filter((name) => !quoted.has(name))).toEqual([]);
  });

  it('say which commit was measured, or which one wrote them into a document', () => {
    const unknown = Object.entries(figures).filter(
      ([, { commit, documentedIn }]) => (commit === undefined) === (documentedIn === undefined),
    );
    expect(unknown).toEqual([]);
  });

  it('name their version once it is not the current one', () => {
    const [figure] = Object.values(figures);
    if (figure === undefined) throw new Error('There is no figure.');
    const measured = { ...figure, value: 1343, version: '0.1.0' };
    expect(figureText(measured, '0.1.0')).toBe('1,343');
    expect(figureText(measured, '0.2.0')).toBe('1,343 (0.1.0)');
    expect(figureText({ ...measured, value: '0.230' }, '0.1.0')).toBe('0.230');
  });
});

const fence = '```';

describe('a mark', () => {
  const line =
    'Last run: <!-- figure: a.rows -->1<!-- / --> rows in <!-- limit: B -->2 s<!-- / -->.';

  it('has its text replaced', () => {
    expect(fillMarks(line, (name, kind) => `${kind} ${name}`)).toBe(
      'Last run: <!-- figure: a.rows -->figure a.rows<!-- / --> rows in <!-- limit: B -->limit B<!-- / -->.',
    );
    expect(namesIn(line, 'figure')).toEqual(['a.rows']);
  });

  it('can be removed', () => {
    expect(withoutMarks(line)).toBe('Last run: 1 rows in 2 s.');
  });

  it.each([
    ['at the start of a line', '<!-- figure: a -->1<!-- / --> rows'],
    ['at the start of an item', '- <!-- figure: a -->1<!-- / --> rows'],
    ['without an end', 'has <!-- figure: a -->1 row'],
    ['around another', 'has <!-- figure: a -->1 <!-- figure: b -->2<!-- / --> rows'],
  ])('is misplaced %s', (_where, text) => {
    expect(misplacedMarks(text)).toHaveLength(1);
  });

  it('is plain text in a block of code', () => {
    const block = `${fence}text\n${line}\n${fence}\n`;
    expect(withoutMarks(block)).toBe(block);
    expect(fillMarks(block, () => '')).toBe(block);
    expect(namesIn(block, 'figure')).toEqual([]);
  });

  it('is in its place in a sentence and in a table', () => {
    expect(misplacedMarks(`${line}\n\n| a | <!-- figure: a -->1<!-- / --> |`)).toEqual([]);
  });

  it('is not filled for a name that does not exist', () => {
    expect(() => withFigures('<!-- figure: no.such -->1<!-- / -->')).toThrow('no.such');
    expect(() => withFigures('<!-- limit: NO_SUCH -->1<!-- / -->')).toThrow('NO_SUCH');
  });
});

describe('a limit', () => {
  it.each([
    [86_400_000, '24 hours'],
    [604_800_000, '7 days'],
    [900_000, '15 minutes'],
    [60_000, '60 seconds'],
    [2_500, '2.5 seconds'],
    [90_500, '90.5 seconds'],
    [250, '250 ms'],
  ])('of %d ms is %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

  it('is the default of a setting or a constant of the code', () => {
    expect(limitText('MAX_BODY_BYTES')).toBe('100,000');
    expect(limitText('DATABASE_REQUEST_TIMEOUT_MS')).toBe('2.5 seconds');
    expect(limitText('fresh-login')).toBe('15 minutes');
  });
});
