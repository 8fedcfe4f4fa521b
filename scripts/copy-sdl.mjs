// The compiler emits TypeScript alone; the SDL that the server reads at start goes beside it.
import { cpSync } from 'node:fs';

cpSync('src/schema', 'dist/schema', {
  recursive: true,
  filter: (path) => !/\.[^.]+$/.test(path) || path.endsWith('.graphql'),
});
