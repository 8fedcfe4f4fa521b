export { ProviderError, type ProviderProtocol } from './protocol/protocol.ts';
