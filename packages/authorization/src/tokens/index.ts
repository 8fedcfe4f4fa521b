export {
  type AnonymousTokenViewer,
  type AuthenticatedTokenViewer,
  type TokenViewer,
  type TokenViewerOptions,
  tokenViewer,
} from './token-viewer.ts';
export { TokensUnavailableError } from './tokens-unavailable-error.ts';
