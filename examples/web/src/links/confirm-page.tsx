import type { TypedDocument } from '@graphql-gatehouse/client';
import { type ReactNode, useState } from 'react';
import { gatehouse } from '../gatehouse.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { Page } from '../parts/page.tsx';
import {
  ConfirmEmailDocument,
  UndoEmailChangeDocument,
  VerifyEmailDocument,
} from './link-documents.ts';
import type { OpenLink } from './open-link.ts';
import type { Purpose } from './purpose.ts';

type Confirmed = Extract<Purpose, 'verification' | 'address' | 'undo'>;

interface ConfirmPageProps {
  readonly purpose: Confirmed;
  readonly link: OpenLink;
}

/** A link that needs one button: programs that look at mails open links, and must not confirm anything. */
export function ConfirmPage({ purpose, link: { token, spend } }: ConfirmPageProps) {
  const [isDone, setIsDone] = useState(false);
  const { document, title, text, action, done } = confirmations[purpose];
  if (isDone) return <Page title={done.title}>{done.text}</Page>;

  async function confirm(): Promise<void> {
    await spend(gatehouse.fetch(document, { token }));
    setIsDone(true);
  }

  return (
    <Page title={title}>
      <p>{text}</p>
      <ActionButton isMain onAction={confirm}>
        {action}
      </ActionButton>
    </Page>
  );
}

interface Confirmation {
  readonly document: TypedDocument<unknown, { readonly token: string }>;
  readonly title: string;
  readonly text: string;
  readonly action: string;
  readonly done: { readonly title: string; readonly text: ReactNode };
}

const confirmations: Readonly<Record<Confirmed, Confirmation>> = {
  verification: {
    document: VerifyEmailDocument,
    title: 'Confirm your address',
    text: 'Confirm that this is the address of your account. If you do not know the account, close this page.',
    action: 'Confirm the address',
    done: {
      title: 'Your address is confirmed',
      text: (
        <>
          <p>If you forget your password, a mail to this address can help you.</p>
          <p>
            <a href="/">Continue</a>
          </p>
        </>
      ),
    },
  },
  address: {
    document: ConfirmEmailDocument,
    title: 'Confirm your new address',
    text: 'When you confirm it, mails about your account go to this address. A mail to the earlier address says so.',
    action: 'Confirm the new address',
    done: {
      title: 'Your new address is confirmed',
      text: (
        <>
          <p>Mails about your account now go to this address.</p>
          <p>
            <a href="/">Continue</a>
          </p>
        </>
      ),
    },
  },
  undo: {
    document: UndoEmailChangeDocument,
    title: 'Restore your address',
    text: 'Mails about your account go to this address again. All sessions of the account end, and all other links that were sent for it.',
    action: 'Restore the address',
    done: {
      title: 'Your address is restored',
      text: (
        <>
          <p>
            All sessions have ended. The person who changed the address may know your password, so
            choose another one now.
          </p>
          <p>
            <a href="/#/forgotten">Choose a new password</a>
          </p>
        </>
      ),
    },
  },
};
