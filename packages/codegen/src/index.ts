export { plugin } from './plugin.ts';
export { type GatehousePresetConfig, preset } from './preset.ts';
