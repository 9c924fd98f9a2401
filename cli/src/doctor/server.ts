import { connect } from 'node:tls';
import { messageOf, causeOf } from '../thrown';
import { version } from '../version';
import { failed, ok, skipped, warning, type Finding } from './finding';

const patienceMs = 5_000;
/** A clock this far off makes signatures and expiries go wrong, in seconds. */
const mostSkew = 5;
/** A certificate with less than this left should have been renewed, in days. */
const fewDays = 14;
const dayMs = 86_400_000;
/** Of the API that this program speaks. */
const apiVersion = 'v1';

/** /health/ready of the gateway. */
interface Ready {
  status?: string;
  backends?: Record<string, string>;
  engines?: Record<string, string>;
  certificates?: Record<string, string>;
}

const seeLogs = (name: string) =>
  `Look at its log: make logs ONLY=${name}; start what is missing with: make up`;

/** That it answers, and what stands behind it: services, engines, clock. */
export async function server(url: URL, signal: AbortSignal): Promise<Finding[]> {
  const sent = Date.now();
  let response: Response;
  let ready: Ready;
  try {
    response = await fetch(new URL('/health/ready', url), {
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
    });
    ready = JSON.parse(await response.text()) as Ready;
  } catch (error) {
    const why = messageOf(causeOf(error) ?? error);
    const advice = 'Start it with `make up`, or correct the address: cloud context list, THECLOUD_URL.';
    return [failed('API', `${url.origin} does not answer as the cloud does: ${why}`, advice)];
  }
  const took = Date.now() - sent;
  const answers = ok('API', `${url.origin} answers in ${took} ms: ${ready.status ?? response.status}`);
  return [
    answers,
    ...Object.entries(ready.backends ?? {}).map(([name, state]) => part('service', name, state)),
    ...Object.entries(ready.engines ?? {}).map(([name, state]) => part('engine', name, state)),
    ...Object.entries(ready.certificates ?? {}).map(([name, state]) => internal(name, state)),
    clock(response.headers.get('date'), sent, took),
  ];
}

function part(kind: string, name: string, state: string): Finding {
  const check = `${kind} ${name}`;
  return state === 'serving' ? ok(check, state) : failed(check, state, seeLogs(name));
}

/** The certificate that one of the cloud's processes shows the others. */
function internal(name: string, state: string): Finding {
  const check = `certificate of ${name}`;
  return state === 'good' ? ok(check, state) : warning(check, `${state}: renewing it fails`, renewal(name));
}

/** What to do when a process cannot renew its certificate: its log names the cause. */
export const renewal = (name: string) =>
  `Identity renews it: is that up, and do both clocks agree? Its log says why it fails: make logs ONLY=${name}`;

function clock(date: string | null, sent: number, took: number): Finding {
  if (!date) return skipped('clock', 'the server does not say what time it has');
  // The header has whole seconds, and was made somewhere between question and answer.
  const skew = Math.round((Date.parse(date) + 500 - (sent + took / 2)) / 1000);
  const message = `this machine and the server differ by ${Math.abs(skew)} s`;
  return Math.abs(skew) <= mostSkew
    ? ok('clock', message)
    : warning('clock', message, 'Let both keep time by NTP: timedatectl set-ntp true');
}

/** The certificate that a TLS address shows. */
export async function certificate(url: URL): Promise<Finding> {
  if (url.protocol !== 'https:') {
    const local = /^(localhost|127\..*|\[::1\])$/.test(url.hostname);
    if (local) return ok('certificate', 'none needed: the server is on this machine');
    return warning(
      'certificate',
      `${url.origin} is not encrypted.`,
      'Put a TLS proxy before it, and use https.',
    );
  }
  return new Promise((resolve) => {
    const port = Number(url.port || 443);
    // An invalid one is what is looked for; nothing is sent over this connection.
    const options = { host: url.hostname, port, servername: url.hostname, rejectUnauthorized: false };
    const socket = connect(options, () => {
      const { valid_to: end } = socket.getPeerCertificate();
      const days = Math.floor((Date.parse(end) - Date.now()) / dayMs);
      const trust = socket.authorized ? undefined : String(socket.authorizationError);
      socket.destroy();
      resolve(judge(days, end, trust));
    });
    socket.setTimeout(patienceMs, () => socket.destroy(new Error('no answer in time')));
    socket.once('error', (error) =>
      resolve(failed('certificate', error.message, 'Check the address and its port.')),
    );
  });
}

function judge(days: number, end: string, untrusted: string | undefined): Finding {
  const message = `good for ${days} more days, until ${end}`;
  if (untrusted) {
    const advice = 'Renew it, or let Node trust its authority: NODE_EXTRA_CA_CERTS=ca.pem';
    return failed('certificate', `it is not trusted: ${untrusted}; ${message}`, advice);
  }
  return days >= fewDays ? ok('certificate', message) : warning('certificate', message, 'Renew it.');
}

/** What both sides speak. */
export async function serverVersion(url: URL, signal: AbortSignal): Promise<Finding> {
  try {
    const response = await fetch(new URL('/openapi.json', url), {
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
    });
    const { info } = (await response.json()) as { info?: { version?: string } };
    const theirs = info?.version ?? 'unknown';
    const message = `the server speaks API ${theirs}, this program (${version}) ${apiVersion}`;
    if (theirs === apiVersion) return ok('versions', message);
    return warning('versions', message, 'Use a cloud command that is as old as the server.');
  } catch (error) {
    return failed(
      'versions',
      messageOf(error),
      'Is it the cloud that listens there? See: cloud context list',
    );
  }
}
