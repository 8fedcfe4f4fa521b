import { RequestPage } from '../mail/request-page.tsx';
import { toHash, useRoute } from '../route.ts';
import { LogIn } from './log-in.tsx';
import { ProviderLogIn } from './provider-log-in.tsx';

/** What anonymous viewers see: the log-in, and the pages for those who cannot log in. */
export function LogInPage() {
  const { page } = useRoute();
  return (
    <main className="narrow">
      {page === 'forgotten' || page === 'sign-up' ? (
        <RequestPage key={page} requested={page} />
      ) : (
        <LogIn title="Log in" OtherWay={ProviderLogIn}>
          <p className="links">
            <a href={toHash({ page: 'forgotten' })}>Forgotten password?</a>
            <a href={toHash({ page: 'sign-up' })}>Create an account</a>
          </p>
        </LogIn>
      )}
    </main>
  );
}
