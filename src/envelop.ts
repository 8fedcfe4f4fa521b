export { envelopPlugin } from './doors/hosts/envelop-plugin.ts';
