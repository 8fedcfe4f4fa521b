/**
 * Measures one contender beside the baseline, twice, in a process of its own, as a server has one of them:
 * the more of them share a process, the more general is what the compiler makes of graphql-js for all.
 * Sends what it measured to the process that asked.
 *
 * What the compiler makes of the same code differs from process to process, by more than what is to be
 * measured: two schemas without authorization, alike in all, can differ by a tenth for a whole run.
 * Several processes, each with another order of everything, even that out.
 */
import { auditedCases, measureAudited } from './audited.mjs';
import { createContenders } from './contenders.mjs';
import { createRandom, measureCase } from './measure.mjs';
import { measureRows, rowCases } from './rows.mjs';
import { cases } from './scenario.mjs';
import { verifyOneGraphql } from './verify.mjs';

process.once('message', async ({ libraryUrl, caseName, name, pace, seed }) => {
  const random = createRandom(seed);
  const library = await import(libraryUrl);
  const rowCase = rowCases.find((each) => each.name === caseName);
  const auditedCase = auditedCases.find((each) => each.name === caseName);
  const samples = await measure({ ...pace, random });
  process.send([...samples], () => process.disconnect());

  function measure(paced) {
    if (rowCase !== undefined) return measureRows(library, rowCase, paced);
    if (auditedCase !== undefined) return measureAudited(library, auditedCase, paced);
    return measureContender();
  }

  function measureContender() {
    const contenders = createContenders(library, random);
    verifyOneGraphql(contenders, libraryUrl);
    const scenario = cases.find((each) => each.name === caseName);
    const measured = contenders.filter((each, index) => index < 2 || each.name === name);
    return measureCase(measured, scenario, { ...pace, random });
  }
});
