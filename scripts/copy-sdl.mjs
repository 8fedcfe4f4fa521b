// The compiler emits TypeScript alone; the SDL that the server reads at start goes beside it.
import { cpSync, statSync } from 'node:fs';

for (const folder of ['composition', 'identity']) {
  cpSync(`src/${folder}`, `dist/${folder}`, {
    recursive: true,
    filter: (path) => statSync(path).isDirectory() || path.endsWith('.graphql'),
  });
}
