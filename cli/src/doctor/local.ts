import { stat } from 'node:fs/promises';
import { configPath } from '../config';
import { codeOf, messageOf } from '../thrown';
import { version } from '../version';
import { failed, ok, warning, type Finding } from './finding';

type Env = Readonly<Record<string, string | undefined>>;

const oldestNode = 20;

export function program(): Finding {
  const node = process.versions.node;
  const message = `cloud ${version} on Node ${node}`;
  if (Number.parseInt(node, 10) >= oldestNode) return ok('program', message);
  return warning('program', message, `Run it on Node ${oldestNode} or newer; make build brings one.`);
}

/** Its permissions, before anything reads the file: reading closes one that is open. */
export async function configFile(env: Env): Promise<Finding> {
  const path = configPath(env);
  try {
    const { mode, uid } = await stat(path);
    const mine = process.getuid?.() ?? uid;
    if (uid !== mine && mine !== 0) {
      return warning(
        'configuration',
        `${path} belongs to user ${uid}.`,
        `Take it over: chown ${mine} ${path}`,
      );
    }
    if ((mode & 0o077) === 0) return ok('configuration', `${path}, readable by you alone`);
    const message = `${path} was open to other users of this machine; it is closed now.`;
    return warning('configuration', message, 'If others could log in here, revoke its key: cloud key revoke');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') {
      return failed(
        'configuration',
        messageOf(error),
        `Make ${path} readable, or name another by THECLOUD_CONFIG.`,
      );
    }
    return env.THECLOUD_API_KEY
      ? ok('configuration', 'none; the environment has the key')
      : warning('configuration', `${path} does not exist.`, 'Sign in with: cloud login');
  }
}
