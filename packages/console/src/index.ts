import { fileURLToPath } from 'node:url';
import type { GatehousePackage } from 'graphql-gatehouse';
import { createConsoleDomain } from './domain.ts';
import { createHistoryDomain } from './history-domain.ts';
import { createOperationsDomain } from './operations-domain.ts';

/** What `gatehouseConsole` in `gatehouse.config.ts` gets. */
export interface ConsoleOptions {
  /**
   * How the pages name this installation, to everyone, such as `Acme wards, production`: 1 to 40 characters. Default: the
   * host of their address.
   */
  readonly name?: string;
}

const known = { name: true } as const satisfies Record<keyof ConsoleOptions, true>;

/**
 * A console in the browser, under `/console`: `packages: [gatehouseConsole({ name: 'Acme wards' })]`.
 *
 * @throws {TypeError} for a name that cannot be shown on one line.
 */
export function gatehouseConsole(given: ConsoleOptions = {}): GatehousePackage {
  const { name } = given;
  if (name !== undefined && !nameForm.test(name)) {
    throw new TypeError(
      'gatehouseConsole: name must have 1 to 40 characters, without control characters and without spaces around it.',
    );
  }
  return {
    name: 'console',
    options: { given, known },
    pages: [
      {
        path: '/console',
        folder: fileURLToPath(new URL('../dist/pages', import.meta.url)),
        title: 'Console',
        operations: fileURLToPath(new URL('../dist/operations.json', import.meta.url)),
      },
    ],
    domains: (parts, packages) => [
      createConsoleDomain(parts, { name }),
      createHistoryDomain(parts),
      ...(packages.has('operations') ? [createOperationsDomain(parts)] : []),
    ],
  };
}

const nameForm = /^(?=\S)[^\p{C}\p{Zl}\p{Zp}]{0,39}\S$/u;
