// Bundles each entry with the decision module of @graphql-gatehouse/authorization, so that the package needs no other at run
// time, and puts the types of that module beside its own.
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

const decision = '@graphql-gatehouse/authorization/decision';
const entries = ['index', 'apollo', 'providers', 'react', 'urql', 'vue'];

await build({
  entryPoints: entries.map((name) => `src/${name}.ts`),
  outdir: 'dist',
  bundle: true,
  splitting: true,
  chunkNames: '[name]-[hash]',
  format: 'esm',
  target: 'es2022',
  alias: { [decision]: '../authorization/src/decision/index.ts' },
  external: ['@apollo/client', '@urql/core', 'react', 'rxjs', 'vue', 'wonka'],
});

for (const folder of ['decision', 'requirements']) {
  await cp(`dist/types/authorization/src/${folder}`, `dist/authorization/${folder}`, {
    recursive: true,
  });
}
for (const file of await readdir('dist/types/client/src')) {
  const text = await readFile(`dist/types/client/src/${file}`, 'utf8');
  await writeFile(
    `dist/${file}`,
    text.replaceAll(`'${decision}'`, "'./authorization/decision/index.ts'"),
  );
}
await rm('dist/types', { recursive: true });
