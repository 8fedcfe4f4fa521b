import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type NodeShell, openShell, type Serving } from '../node-shell.ts';
import { packPackage } from '../packed-packages.ts';
import { build, repository } from '../process.ts';

/** The composition of Cosmo Router. Its router itself is not on npm. */
const cosmoComposition = { '@wundergraph/composition': '0.55.0' };

/** What composition for Cosmo Router says. */
const cosmoSchema = z.object({
  success: z.boolean(),
  errors: z.array(z.string()),
  guards: z.array(
    z.object({
      coordinate: z.string(),
      requiresAuthentication: z.boolean(),
      scopes: z.array(z.array(z.string())),
    }),
  ),
});
export type CosmoComposition = z.infer<typeof cosmoSchema>;

/** Which configuration of Hive Gateway runs: that of examples/router, or the gateway with its own checks alone. */
export type RouterKind = 'gateway' | 'bare-gateway';

/** A subgraph by its name: its SDL for routers, and where it listens. */
export type Subgraphs = Readonly<Record<string, { readonly sdl: string; readonly url: string }>>;

/** A folder with the files of examples/router, the packed library, and the routers' packages. */
export interface RouterFolder {
  readonly shell: NodeShell;
  /** The versions of the routers' packages, which the manifest pins. */
  readonly versions: Readonly<Record<string, string>>;
  /** Composes for Hive Gateway, and returns the supergraph's file. @throws {Error} with the errors. */
  compose(name: string, subgraphs: Subgraphs): Promise<string>;
  /** The supergraph that was composed under a name. */
  readSupergraph(name: string): Promise<string>;
  composeForCosmo(subgraphs: Subgraphs): Promise<CosmoComposition>;
  /** Starts a router that verifies tokens with the keys of an issuer. */
  serve(kind: RouterKind, supergraph: string, issuerUrl: string): Promise<Serving>;
  remove(): Promise<void>;
}

export async function createRouterFolder(): Promise<RouterFolder> {
  build();
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-routers-'));
  const own = join(repository, 'examples', 'router');
  await cp(own, folder, { recursive: true });
  for (const name of ['bare-gateway', 'compose-for-cosmo']) {
    const file = `${name}.mjs`;
    await cp(join(repository, 'test', 'support', 'routers', file), join(folder, file));
  }
  const manifest = z
    .object({ dependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(await readFile(join(own, 'package.json'), 'utf8')));
  const versions = { ...manifest.dependencies, ...cosmoComposition };
  const { archive } = await packPackage('packages/authorization', join(folder, 'archives'));
  const dependencies = { ...versions, '@graphql-gatehouse/authorization': `file:${archive}` };
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, type: 'module', dependencies }),
  );
  const shell = await openShell(folder);
  await shell.run('npm install --ignore-scripts --no-audit --no-fund', folder);

  const write = (subgraphs: Subgraphs) =>
    Promise.all(
      Object.entries(subgraphs).map(([name, { sdl }]) =>
        writeFile(join(folder, `${name}.graphql`), sdl),
      ),
    );
  return {
    shell,
    versions,
    async compose(name, subgraphs) {
      await write(subgraphs);
      const words = Object.entries(subgraphs).map(([each, { url }]) => `${each}=${url}`);
      const file = `${name}-supergraph.graphql`;
      await writeFile(
        join(folder, file),
        await shell.run(`node compose.mjs ${words.join(' ')}`, folder),
      );
      return file;
    },
    readSupergraph: (name) => readFile(join(folder, `${name}-supergraph.graphql`), 'utf8'),
    async composeForCosmo(subgraphs) {
      await write(subgraphs);
      const line = `node compose-for-cosmo.mjs ${Object.keys(subgraphs).join(' ')}`;
      return cosmoSchema.parse(JSON.parse(await shell.run(line, folder)));
    },
    serve: (kind, supergraph, issuerUrl) =>
      shell.serve(`node ${kind}.mjs ${supergraph}`, folder, {
        pattern: /^(http:\S+)$/,
        environment: { ISSUER_URL: issuerUrl, PORT: '0' },
      }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
