import { useViewer } from '@graphql-gatehouse/client/react';

/** Whether an account is that of the viewer. */
export const useIsOwn = ({ id }: { readonly id: string }): boolean =>
  useViewer().principal?.id === id;
