export { plugin } from './plugin.ts';
export { preset } from './preset.ts';
