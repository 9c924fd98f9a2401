import { until } from '@thecloud/engines';
import type { CloudApi, Instance } from './cloud-api';
import { Failure } from './failure';
import { type Layout, readIfThere, writePrivate } from './layout';
import { starterCommand, starterImage } from './starter-image';

const IMAGE = 'starter';
const NAME = 'hello';
const RUNNING_MS = 90_000;
const PAGE_MS = 15_000;

/** What this installation has shown its owner once, and does not do again behind his back. */
interface State {
  /** Id of the first instance, from when its page was first seen. */
  hello?: string;
  /** It has shared its image with all projects; whether it stays so is the operator's word. */
  starterShared?: boolean;
}

/** How the first instance is now: its address, or why it has none. */
export type FirstInstance = { url: string } | { because: string };

const readState = (layout: Layout): State => JSON.parse(readIfThere(layout.state) ?? '{}') as State;

const writeState = (layout: Layout, state: State) =>
  void writePrivate(layout.state, `${JSON.stringify(state)}\n`);

/** True until the first instance has once been seen. After that its owner's word counts: stopped stays stopped. */
export const isFirstTime = (layout: Layout) => readState(layout).hello === undefined;

export async function importStarterImage(api: CloudApi): Promise<void> {
  const known = (await api.images()).find(({ metadata }) => metadata.name === IMAGE);
  if (!known) await api.uploadImage(IMAGE, starterCommand, await starterImage());
}

/** Once in the life of an installation, also of one that was made before images could be shared. */
export async function shareStarterImage(layout: Layout, api: CloudApi): Promise<void> {
  const state = readState(layout);
  if (state.starterShared) return;
  const known = (await api.images()).find(({ metadata }) => metadata.name === IMAGE);
  if (known?.status?.state === 'ready') await api.shareImage(known.metadata.id);
  writeState(layout, { ...state, starterShared: true });
}

export async function launchFirst(
  layout: Layout,
  api: CloudApi,
  say: (detail: string) => void,
): Promise<FirstInstance> {
  const [known] = await api.instances(NAME);
  const spec = { type: 'nano-1', image: IMAGE, ports: [{ container_port: 8080 }] };
  const { metadata } = known ?? (await api.launch(NAME, spec));
  const running = await settled(api, metadata.id, say);
  const result = await look(running);
  if ('because' in result) throw new Failure(`Instance ${NAME} ${result.because}`, advice);
  writeState(layout, { ...readState(layout), hello: metadata.id });
  return result;
}

const advice = `bin/cloud instance show ${NAME} and make logs say more; after a remedy run make up again`;

/** On later runs: how it is, without changing anything about it. */
export async function lookAtFirst(
  layout: Layout,
  api: CloudApi,
  say: (detail: string) => void,
): Promise<FirstInstance> {
  const id = readState(layout).hello;
  const [known] = await api.instances(NAME);
  if (!known || known.metadata.id !== id) return { because: 'was deleted, and is left so' };
  return look(await settled(api, known.metadata.id, say));
}

async function settled(api: CloudApi, id: string, say: (detail: string) => void): Promise<Instance> {
  let seen = await api.instance(id);
  const isSettled = () => !['provisioning', 'starting'].includes(seen.status?.state ?? '');
  await until(
    async () => {
      if (!isSettled()) seen = await api.instance(id);
      say(seen.status?.state ?? '');
      return isSettled();
    },
    RUNNING_MS,
    200,
  );
  return seen;
}

/** Fetches its page. */
async function look({ status }: Instance): Promise<FirstInstance> {
  if (status?.state !== 'running') {
    const why = [status?.reason, status?.message].filter(Boolean).join(': ');
    return { because: `is ${status?.state ?? 'unknown'}${why ? ` (${why})` : ''}` };
  }
  const port = status.ports?.find(({ container_port }) => container_port === 8080);
  if (!port) return { because: 'publishes no port' };
  const url = `http://${port.address || '127.0.0.1'}:${port.host_port}/`;
  let why = '';
  const answers = await until(
    async () => {
      why = await whyNoPage(url);
      return why === '';
    },
    PAGE_MS,
    200,
  );
  return answers ? { url } : { because: `runs, but ${url} does not show its page: ${why}` };
}

async function whyNoPage(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
    const text = await response.text();
    return response.ok && text.includes('Your cloud works') ? '' : `it answered ${response.status}`;
  } catch (error) {
    const cause = (error as Error).cause ?? error;
    return cause instanceof Error ? cause.message : String(cause);
  }
}
