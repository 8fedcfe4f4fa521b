export { plugin } from './plugin.ts';
export { type GatehousePresetConfig, preset } from './preset.ts';
export { type AccessConfig, printAccess } from './print-access.ts';
