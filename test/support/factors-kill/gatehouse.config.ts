import { factors } from '@graphql-gatehouse/factors';
import { defineConfig } from 'graphql-gatehouse';
import { plantBug } from './plant-bug.ts';

const real = factors({ groups: { AUDITOR: 2 }, graceDays: 0 });

/** Second factors, which one group demands at once. */
export default defineConfig({
  domains: [],
  packages: [process.env.FACTORS_PLANTED === 'spent outside' ? plantBug(real) : real],
});
