import { otp } from '../kinds.ts';
import { inheritedFrom } from '../recovery/recovered.ts';
import { advanceStep, listApps, secretContext } from '../totp/otp.store.ts';
import { findStep, parseCode } from '../totp/totp.ts';
import { counted } from './counted-proof.ts';

/** Checks a code of an authenticator app. Each time step works once. */
export const checkOtp = counted('otp', async ({ sql, keys, now }, userId, text) => {
  const code = parseCode(text);
  if (code === undefined) return { wrong: 'no code of an app' };
  const apps = await listApps(sql, userId);
  if (apps.length === 0) return { wrong: 'code without an app' };
  const usable = apps.filter(({ isLost }) => !isLost);
  if (usable.length === 0) return { wrong: 'code of an app whose key was given up' };
  const at = now();
  for (const app of usable) {
    const { id, recoveredAt } = app;
    const secret = keys.open(app, secretContext(userId, id));
    const step = secret && findStep({ secret }, code, at);
    if (step !== undefined) {
      return {
        factor: otp.name,
        ...inheritedFrom(recoveredAt, at),
        spend: (transaction) => advanceStep(transaction, { userId, id }, { step, at }),
      };
    }
  }
  return { wrong: 'code of an app' };
});
