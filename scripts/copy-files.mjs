// The compiler emits TypeScript alone. The SDL and the page, which the server reads at start, go beside it.
import { cpSync, statSync } from 'node:fs';

for (const folder of ['schema', 'identity', 'playground/page']) {
  cpSync(`src/${folder}`, `dist/${folder}`, {
    recursive: true,
    filter: (path) => statSync(path).isDirectory() || /\.(graphql|html|css|js)$/.test(path),
  });
}
