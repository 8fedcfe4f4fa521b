import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const { paths }: { paths: Record<string, readonly string[]> } = JSON.parse(
  readFileSync(new URL('tsconfig.json', import.meta.url), 'utf8'),
).compilerOptions;

/** The packages from their sources, as `paths` of tsconfig.json has them: no test runs a stale build. */
const packages = Object.entries(paths).flatMap(([name, [file]]) =>
  file === undefined
    ? []
    : [
        {
          find: new RegExp(`^${name}$`),
          replacement: fileURLToPath(new URL(file, import.meta.url)),
        },
      ],
);

export const sourceAliases = [
  // Without the alias, tests would load a second copy of graphql (its CommonJS build).
  { find: /^graphql$/, replacement: 'graphql/index.js' },
  ...packages,
] as const;
