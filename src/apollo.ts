export { apolloPlugin } from './doors/hosts/apollo-plugin.ts';
