// Generates what the demo's code is typed by: its Prisma client, and its resolver types from the composed schema.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const fileOf = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const run = (words, cwd) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd, encoding: 'utf8' });
  if (status === 0) return;
  process.stderr.write(`${stdout}${stderr}`);
  process.exit(1);
};

const rooms = fileOf('examples/rooms');
const output = `${rooms}/src/generated/schema.graphql`;
run([fileOf('node_modules/prisma/build/index.js'), 'generate'], rooms);
run(
  ['--import', 'tsx', fileOf('src/main.ts'), '--project', rooms, 'schema', '--output', output],
  fileOf('.'),
);
run(
  [fileOf('node_modules/@graphql-codegen/cli/cjs/bin.js'), '--config', 'codegen.ts', '--silent'],
  rooms,
);
