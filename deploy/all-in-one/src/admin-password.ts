import { rescueAdministrator } from '@thecloud/identity';
import { adminEmail, identityDatabase } from './account';
import { enginePlaces } from './engines';
import { Failure } from './failure';
import { readInstallation } from './installation';
import { layoutFrom } from './layout';
import { runVerb } from './progress';

/** Gives an administrator who cannot sign in a one-time password. */
async function adminPassword(): Promise<void> {
  const layout = layoutFrom(process.env);
  const installation = readInstallation(layout);
  if (!installation) throw new Failure('There is no installation here', 'start one with: make up');
  const database = enginePlaces(layout, installation).find(({ engine }) => engine.name === 'postgres');
  if (!(await database?.engine.ready()))
    throw new Failure('PostgreSQL does not answer', 'start it with: make up');
  const email = process.env.EMAIL || adminEmail;
  const rescued = await rescueAdministrator(identityDatabase(layout, installation.ports), email);
  if ('administrators' in rescued) {
    const known = rescued.administrators.join(', ') || 'nobody';
    throw new Failure(
      `${email} is no administrator whose account is enabled`,
      `name one of: ${known} (make admin-password EMAIL=…)`,
    );
  }
  process.stdout.write(`
  Administrator         ${email}
  One-time password     ${rescued.password}

It is shown this once, and works for one sign-in until ${rescued.expiresAt.toISOString()}, which sets a new password:
  bin/cloud login --email ${email}
All sessions of the account have ended. Its API keys work on.
`);
}

runVerb(adminPassword);
