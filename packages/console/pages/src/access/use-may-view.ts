import { useAllowed } from '../use-allowed.ts';
import { needs } from './views.tsx';

/** Reads whether the viewer may read what groups open. */
export function useMayView(): boolean {
  const { data: may } = useAllowed('views', new Map([['view', needs.get('view') ?? []]]));
  return may?.includes('view') ?? false;
}
