import { fileURLToPath } from 'node:url';
import type { GatehousePackage } from 'gatehouse';
import { createConsoleDomain } from './domain.ts';

/** A console in the browser, under `/console`: `packages: [gatehouseConsole()]`. */
export const gatehouseConsole = (): GatehousePackage => ({
  name: 'console',
  pages: [
    {
      path: '/console',
      folder: fileURLToPath(new URL('../dist/pages', import.meta.url)),
      operations: fileURLToPath(new URL('../dist/operations.json', import.meta.url)),
    },
  ],
  domains: (runtime) => [createConsoleDomain(runtime)],
});
