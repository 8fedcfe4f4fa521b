/** Starts everyone who is measured, on one database. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const programs = [
  ['Apollo Server + pg', 'apollo.mjs'],
  ['Mercurius with jit + pg', 'mercurius.mjs'],
  ['Yoga + pg', 'yoga.mjs'],
];

/** The one that the others are compared with. */
export const reference = 'Apollo Server + pg';

/** Calls `add` with each, the product first: it makes the tables. `before` is a checkout of another commit. */
export async function startContenders(world, { before, logs, add }) {
  const gatehouse = await world.startGatehouse();
  add({ name: 'Gatehouse', server: gatehouse });
  if (before !== undefined) {
    const server = await world.startGatehouse([], resolve(before));
    add({ name: 'Gatehouse before', server });
  }
  const jwks = await (await fetch(`${gatehouse.url}/.well-known/jwks.json`)).text();
  for (const [name, file] of programs) {
    const program = fileURLToPath(new URL(`contenders/${file}`, import.meta.url));
    add({ name, server: await world.startProgram(program, { JWKS: jwks, LOGS: logs }) });
  }
}
