import { CloudApiError, type Host } from '@thecloud/sdk';
import type { Cli } from '../cli';
import { CliError } from '../exit-codes';
import { age } from '../output';
import { messageOf } from '../thrown';
import { failed, ok, skipped, warning, type Finding } from './finding';
import { renewal } from './server';

/** That the credential is known, and what it sees. */
export async function credential(cli: Cli): Promise<Finding> {
  const { credentialKind, credentialSource, contextName } = await cli.connection();
  if (!credentialKind) return failed('credential', 'you are not signed in', 'Sign in with: cloud login');
  const message = `${credentialKind} from ${credentialSource}, context "${contextName}"`;
  try {
    const { items } = await (await cli.cloud('user')).projects.list().take(100);
    return ok('credential', `${message}, ${items.length} project${items.length === 1 ? '' : 's'}`);
  } catch (error) {
    const refused = error instanceof CloudApiError && error.status === 401;
    const advice = refused ? 'Sign in again with: cloud login' : 'See the findings above.';
    return failed('credential', `${message}: ${messageOf(error)}`, advice);
  }
}

/** Each host, its agent and its engine; only administrators of the installation see them. */
export async function hosts(cli: Cli): Promise<Finding[]> {
  try {
    const { items } = await (await cli.cloud('platform')).hosts.list().take(1000);
    if (items.length === 0) {
      return [warning('hosts', 'there is none, so nothing can run', 'Add one with: cloud host add NAME')];
    }
    return items.map(host);
  } catch (error) {
    if (error instanceof CliError) return [skipped('hosts', error.message)];
    if (error instanceof CloudApiError && (error.status === 403 || error.status === 404)) {
      return [skipped('hosts', 'only administrators of the installation see them')];
    }
    return [skipped('hosts', messageOf(error))];
  }
}

/** A host's clock that is further off than this, in ms, is not kept by anybody. */
const mostOffset = 1_000;
const keepTime =
  'Let it and the control plane keep time by NTP: timedatectl set-ntp true. Too far off, certificates count as not yet or no longer valid.';

function host({ metadata, spec, status }: Host): Finding {
  const { inventory, state, reason, message } = status;
  const check = `host ${metadata.name}`;
  const agent = `agent ${inventory?.agent_version ?? 'never seen'}, ${inventory?.driver ?? 'no driver'}`;
  const seen = `${state}, ${agent} ${inventory?.driver_version ?? ''}, seen ${age(status.last_seen_at) ?? 'never'} ago`;
  const why = [seen, reason, message].filter(Boolean).join(': ');
  const off = status.clock_offset_ms ?? 0;
  if (state === 'ready' && reason === '' && Math.abs(off) > mostOffset) {
    const how = `${(Math.abs(off) / 1000).toFixed(1)} s ${off > 0 ? 'ahead of' : 'behind'} the control plane's`;
    return warning(
      check,
      `${seen}: its clock is ${how}, and so are the times of its logs and events`,
      keepTime,
    );
  }
  if (state === 'ready' && reason === '' && status.certificate_ends_at) {
    const why = `${seen}: the certificate of its agent ends at ${status.certificate_ends_at}, and renewing it fails`;
    return warning(check, why, `Otherwise the host is lost then. ${renewal('agent')}`);
  }
  if (state === 'ready' && reason === '') {
    return spec.cordoned ? ok(check, `${seen}; cordoned, so it gets nothing new`) : ok(check, seen);
  }
  if (state === 'ready') return warning(check, why, `Look at it with: cloud host show ${metadata.name}`);
  const advice =
    state === 'joining'
      ? 'Start its agent with the join token; a new one: cloud host add NAME'
      : 'Look at its agent: is the machine up, its network, its Docker Engine? Its log says why.';
  return failed(check, why, advice);
}
