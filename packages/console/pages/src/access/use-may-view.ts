import { useAllowed } from '../use-allowed.ts';
import { needs } from './views.tsx';

/** Reads whether the viewer may read what groups open. Undefined: not known yet. */
export function useMayView(): boolean | undefined {
  const { data: may, error } = useAllowed('views', new Map([['view', needs.get('view') ?? []]]));
  return error ? false : may?.includes('view');
}
