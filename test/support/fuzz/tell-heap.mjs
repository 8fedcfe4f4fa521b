// Preloaded into a server that is measured: on SIGUSR2 it collects garbage and prints what is left of the heap.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
let count = 0;
process.on('SIGUSR2', () => {
  collect();
  collect();
  count += 1;
  process.stderr.write(`heap ${count}: ${process.memoryUsage().heapUsed}\n`);
});
