import { useRoute } from '../route.ts';
import { Choice } from './filters.tsx';

/** The choice between the fields that a viewer reaches, and the operations that it can run. */
export const ShownPart = () => (
  <Choice
    name="show"
    label="Show"
    none="Fields and inputs"
    options={[{ value: 'operations', text: 'Operations' }]}
  />
);

export const useIsOfOperations = (): boolean => useRoute().query.get('show') === 'operations';
