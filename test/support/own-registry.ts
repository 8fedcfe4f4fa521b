import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import type { Manifest } from '../../scripts/release/packages.ts';

/** A package that the registry serves. */
export interface Served {
  readonly manifest: Manifest;
  /** The path of its archive. Undefined: its versions cannot be installed. */
  readonly archive?: string;
}

export interface OwnRegistry {
  readonly url: string;
  /** The names and archives that were asked for and are served here. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

/**
 * A registry of npm that has these packages, owned by one account, and sends those that ask for another to the real one.
 * Undefined as `elsewhere`: it has no others.
 */
export async function startOwnRegistry(
  served: readonly Served[],
  { owner, elsewhere }: { readonly owner: string; readonly elsewhere?: string },
): Promise<OwnRegistry> {
  const asked: string[] = [];
  const archives = new Map<string, Buffer>();
  const documents = new Map<string, unknown>();
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://own').pathname).slice(1);
    const archive = archives.get(path);
    const document = documents.get(path);
    if (archive !== undefined || document !== undefined) {
      asked.push(path);
      response.end(archive ?? JSON.stringify(document));
    } else if (elsewhere === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not found"}');
    } else {
      response.writeHead(307, { location: new URL(request.url ?? '/', elsewhere).href }).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/`;
  for (const { manifest, archive } of served) {
    const { name, version } = manifest;
    const dist = archive === undefined ? {} : await serveArchive(archive);
    documents.set(name, {
      name,
      'dist-tags': { latest: version },
      maintainers: [{ name: owner, email: `${owner}@example.org` }],
      versions: { [version]: { ...manifest, dist } },
    });
  }
  return {
    url,
    asked,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };

  async function serveArchive(file: string) {
    const content = await readFile(file);
    const path = `archives/${basename(file)}`;
    archives.set(path, content);
    const integrity = `sha512-${createHash('sha512').update(content).digest('base64')}`;
    return { tarball: url + path, integrity };
  }
}
