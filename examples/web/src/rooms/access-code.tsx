import { useApolloClient } from '@apollo/client/react';
import { useState } from 'react';
import { ActionButton } from '../parts/action-button.tsx';
import { AccessCodeDocument } from './room-documents.ts';

/** Reads the code of the door at a click. */
export function AccessCode({ id }: { readonly id: string }) {
  const client = useApolloClient();
  const [text, setText] = useState('');

  async function read(): Promise<void> {
    const { data } = await client.query({ query: AccessCodeDocument, variables: { id } });
    setText(`Access code: ${data?.room?.accessCode ?? 'none'}`);
  }

  return (
    <>
      <ActionButton onAction={read}>Show the access code</ActionButton>
      <p role="status">{text}</p>
    </>
  );
}
