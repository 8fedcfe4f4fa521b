import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readPage } from './support/documents.ts';

const script = fileURLToPath(new URL('../scripts/check-words.mjs', import.meta.url));
const kinds = ['documents', 'messages', 'pages', 'templates'] as const;
const fieldWords = z
  .array(
    z.strictObject({
      words: z.array(z.string()).min(1),
      use: z.string(),
      except: z.array(z.string()).optional(),
      stays: z.partialRecord(z.enum(kinds), z.array(z.string())).optional(),
      only: z.array(z.enum(kinds)).optional(),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL('../scripts/field-words.json', import.meta.url), 'utf8')));
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'check-words-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

/** Runs the check in the folder. Resolves with its exit code and the lines that it prints. */
const check = () =>
  new Promise<{ readonly code: unknown; readonly lines: readonly string[] }>((resolve) => {
    execFile(process.execPath, [script], { cwd: folder }, (error, stdout, stderr) => {
      const lines = `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
      resolve({ code: error?.code ?? 0, lines });
    });
  });

it('passes texts without the words', async () => {
  await write(
    'src/events/queue.ts',
    '/** Creates a queue. */\nconst hashOfNobody = 1;\nformatToldError();\n',
  );
  await write('docs/guides/policy.md', 'A renewed session.\n');
  expect(await check()).toEqual({ code: 0, lines: [] });
});

it.each([
  {
    path: 'src/events/queue.ts',
    text: '\n// Whoever asks.\n',
    line: 'src/events/queue.ts:2: Whoever',
  },
  { path: 'src/events/a.ts', text: '/** At\n * hand. */\n', line: 'src/events/a.ts:1: At hand' },
  { path: 'docs/index.md', text: 'It ends by\nitself.\n', line: 'docs/index.md:1: by itself' },
  { path: 'README.md', text: 'There is none.\n', line: 'README.md:1: is none' },
  { path: 'prisma/schema.prisma', text: '/// Anew.\n', line: 'prisma/schema.prisma:1: Anew' },
  {
    path: 'packages/a/src/a.graphql',
    text: '"For nobody."\n',
    line: 'packages/a/src/a.graphql:1: nobody',
  },
  { path: 'src/a.graphql', text: '"Who is\n asking."\n', line: 'src/a.graphql:1: Who is asking' },
  { path: 'src/events/b.ts', text: '\n// Is told of it.\n', line: 'src/events/b.ts:2: told' },
  { path: 'docs/a.md', text: 'It tells the rest.\n', line: 'docs/a.md:1: tells' },
  { path: 'test/a.test.ts', text: "it('is told');\n", line: 'test/a.test.ts:1: told' },
  { path: 'examples/a.mjs', text: '// Guests are let\n// in.\n', line: 'examples/a.mjs:1: let in' },
])('reports "$line"', async ({ path, text, line }) => {
  await write(path, text);
  expect(await check()).toEqual({ code: 1, lines: [line] });
});

describe('words for which the field has others', () => {
  it.each([
    { kind: 'documents', path: 'docs/a.md', plant: (text: string) => text },
    {
      kind: 'messages',
      path: 'src/config/a.ts',
      plant: (text: string) => `export const m = \`${text}\`;`,
    },
    {
      kind: 'messages',
      path: 'packages/mail/src/a.ts',
      plant: (text: string) => `export const m = { problem: '${text}' };`,
    },
    {
      kind: 'pages',
      path: 'packages/console/pages/src/a.tsx',
      plant: (text: string) => `export const A = () => <p title="a">${text}</p>;`,
    },
    {
      kind: 'pages',
      path: 'site/try/a.ts',
      plant: (text: string) => `export const a = '${text}';`,
    },
    {
      kind: 'pages',
      path: 'src/playground/page/a.js',
      plant: (text: string) => `show(\`${text.slice(5, -5)}\${b}\`);`,
    },
    { kind: 'templates', path: 'site/try/A.vue', plant: (text: string) => `<p>${text}</p>` },
    {
      kind: 'templates',
      path: 'src/playground/page/a.html',
      plant: (text: string) => `<p>${text}</p>`,
    },
  ] as const)(
    'are reported in $kind, such as $path, each of them, with what to use',
    async ({ kind, path, plant }) => {
      const planted = fieldWords
        .filter(({ only = [kind] }) => only.includes(kind))
        .flatMap(({ words, use }) => words.map((word) => ({ word, use })));
      await write(path, planted.map(({ word }) => `${plant(`Text ${word} text.`)}\n`).join(''));
      const expected = planted.map(
        ({ word, use }, index) => `${path}:${index + 1}: ${word} (${use})`,
      );
      const { code, lines } = await check();
      expect(code).toBe(1);
      expect(expected.filter((line) => !lines.includes(line))).toEqual([]);
    },
  );

  it('are no part of code, statements and comments of a module', async () => {
    const text = [
      "const kind = 'refused';",
      "const sql = 'SELECT proved FROM sessions';",
      "const query = '{ viewer { groups withheld { group } } }';",
      '// It is refused.',
      "const message = 'use `admits` of the policy';",
      "const coordinate = 'Query.refused';",
    ];
    await write('src/a.ts', `${text.join('\n')}\n`);
    expect(await check()).toEqual({ code: 0, lines: [] });
  });

  it('are reported at the line of a sentence that is in another', async () => {
    await write('src/a.ts', `const m = \`what \${['is refused', \`goes on now\`]}\nis gone\`;`);
    expect((await check()).lines).toEqual([
      expect.stringMatching(/^src\/a\.ts:1: refused/),
      expect.stringMatching(/^src\/a\.ts:1: goes on/),
      expect.stringMatching(/^src\/a\.ts:2: gone/),
    ]);
  });

  it('are reported in what is generated from descriptions', async () => {
    const generated =
      '<!-- generated: x -->\n\n| withheld |\n\n<!-- end of what is generated -->\n';
    await write('docs/a.md', generated);
    expect((await check()).lines).toEqual([expect.stringMatching(/^docs\/a\.md:3: withheld/)]);
  });

  it('are those of prose only', async () => {
    const page = [
      'The verdict `refused`, and [src/log-in/a.tsx](src/log-in/a.tsx).',
      '[refusal](../test/refusal.test.ts)',
      '<!-- known operations -->',
      '```text\nrefused\n```',
      'It refuses connections. A row rule of a type.',
    ];
    await write('docs/a.md', page.join('\n\n'));
    await write('src/a.ts', '// It is refused.\n');
    await write('access-matrix.md', 'as its parent\n');
    expect(await check()).toEqual({ code: 0, lines: [] });
  });

  it('stay where the table says so', async () => {
    await write('site/matrix.md', 'It is as its parent.\n');
    await write('site/next.md', 'It is as its parent.\n');
    expect((await check()).lines).toEqual([expect.stringMatching(/^site\/next/)]);
  });

  const staying = fieldWords.flatMap(({ words, stays }) =>
    Object.values(stays ?? {}).flatMap((paths) => paths.map((path) => ({ words, path }))),
  );
  it.each(staying)('stay in $path, which has $words.0', ({ words, path }) => {
    expect(readPage(path)).toMatch(new RegExp(`\\b(?:${words.join('|')})\\b`, 'i'));
  });
});

describe('commit subjects', () => {
  const git = (...words: string[]) =>
    execFileSync('git', words, { cwd: folder, encoding: 'utf8', stdio: 'pipe' }).trim();

  function commit(subject: string): string {
    const author = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
    git(...author, 'commit', '--quiet', '--allow-empty', '--no-gpg-sign', '--message', subject);
    return git('rev-parse', '--short', 'HEAD');
  }

  it('are not checked before the first commit', async () => {
    git('init', '--quiet');
    expect(await check()).toEqual({ code: 0, lines: [] });
  });

  it('are reported by their hash, without the message below', async () => {
    git('init', '--quiet');
    const bad = commit('docs: say what nobody told');
    commit('docs: say more\n\nNobody reads this.');
    expect(await check()).toEqual({
      code: 1,
      lines: [`commit ${bad}: nobody`, `commit ${bad}: told`],
    });
  });

  it('are only those of the latest twenty commits', async () => {
    git('init', '--quiet');
    const bad = commit('docs: let in');
    for (let n = 1; n < 20; n += 1) commit(`docs: page ${n}`);
    expect((await check()).lines).toEqual([`commit ${bad}: let in`]);
    commit('docs: page 20');
    expect((await check()).lines).toEqual([]);
  });
});
