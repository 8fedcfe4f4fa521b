import { useAllowed } from '../use-allowed.ts';
import { needs, type ViewName } from './views.tsx';

/** Reads whether the viewer may read what others can access, or another part of it. Undefined: not known yet. */
export function useMayView(name: ViewName = 'view'): boolean | undefined {
  const { data: may, error } = useAllowed(`may ${name}`, new Map([[name, needs.get(name) ?? []]]));
  return error ? false : may?.includes(name);
}
