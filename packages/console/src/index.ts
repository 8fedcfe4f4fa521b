import { fileURLToPath } from 'node:url';
import type { GatehousePackage } from 'graphql-gatehouse';
import { createConsoleDomain } from './domain.ts';

/** It has none. */
type NoOptions = Readonly<Record<string, never>>;

/** A console in the browser, under `/console`: `packages: [gatehouseConsole()]`. */
export const gatehouseConsole = (given: NoOptions = {}): GatehousePackage => ({
  name: 'console',
  options: { given, known: {} },
  pages: [
    {
      path: '/console',
      folder: fileURLToPath(new URL('../dist/pages', import.meta.url)),
      operations: fileURLToPath(new URL('../dist/operations.json', import.meta.url)),
    },
  ],
  domains: (runtime) => [createConsoleDomain(runtime)],
});
