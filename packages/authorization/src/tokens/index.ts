export { type TokenViewer, tokenViewer } from './token-viewer.ts';
export { TokensUnavailableError } from './tokens-unavailable-error.ts';
