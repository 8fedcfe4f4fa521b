import { factors } from '@gatehouse/factors';
import { defineConfig } from 'gatehouse';

/** Second factors, which one group demands at once. */
export default defineConfig({
  domains: [],
  packages: [factors({ groups: { AUDITOR: 2 }, graceDays: 0 })],
});
