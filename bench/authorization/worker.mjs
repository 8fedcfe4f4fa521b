/**
 * Measures one case in a process of its own, and sends what it measured to the process that asked.
 *
 * What the compiler makes of the same code differs from process to process, by more than what is to be
 * measured: two schemas without authorization, alike in all, can differ by a tenth for a whole run.
 * Several processes, each with another order of everything, even that out.
 */
import { createContenders } from './contenders.mjs';
import { createRandom, measureCase } from './measure.mjs';
import { cases } from './scenario.mjs';
import { verifyOneGraphql } from './verify.mjs';

process.once('message', async ({ libraryUrl, caseName, pace, seed }) => {
  const random = createRandom(seed);
  const contenders = createContenders(await import(libraryUrl), random);
  verifyOneGraphql(contenders, libraryUrl);
  const scenario = cases.find(({ name }) => name === caseName);
  const samples = await measureCase(contenders, scenario, { ...pace, random });
  process.send([...samples], () => process.disconnect());
});
