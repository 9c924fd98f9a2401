import type Docker from 'dockerode';

import { DriverError } from '../../../../core/driver-error';
import type { ImageDriver, OnProgress } from '../../ports/image-driver';
import { call, connectDocker, messageOf, statusOf } from '../docker-engine';
import { lines } from '../lines';
import { PullProgress } from './pull-progress';

/** A pull may take this long in all; and this long without a sign of life. In ms. */
const PULL_TIMEOUT_MS = 30 * 60_000;
const STALL_TIMEOUT_MS = 60_000;

export interface RegistryLogin {
  username: string;
  password: string;
}
/** The login for a registry ("127.0.0.1:5000"), read anew for every pull so that it can be changed live. */
export type LoginFor = (registry: string) => Promise<RegistryLogin | undefined>;

export class DockerImageDriver implements ImageDriver {
  readonly #docker: Docker;

  constructor(
    options: { socketPath: string },
    private readonly loginFor: LoginFor,
  ) {
    this.#docker = connectDocker(options.socketPath);
  }

  async ensure(reference: string, onProgress: OnProgress, signal: AbortSignal): Promise<void> {
    if (await this.#has(reference, signal)) return;
    onProgress('asking the registry');
    const registry = reference.split('/')[0] ?? '';
    const login = await this.loginFor(registry);
    const authconfig = login && { ...login, serveraddress: registry };
    await call(
      (abortSignal) => this.#pull(reference, authconfig, onProgress, abortSignal),
      (error) => (error instanceof DriverError ? error : pullProblem(error)),
      signal,
      PULL_TIMEOUT_MS,
    );
  }

  async #has(reference: string, signal: AbortSignal): Promise<boolean> {
    const look = async () => {
      try {
        await this.#docker.getImage(reference).inspect();
        return true;
      } catch (error) {
        if (statusOf(error) === 404) return false;
        throw error;
      }
    };
    return call(look, pullProblem, signal);
  }

  async #pull(
    reference: string,
    authconfig: object | undefined,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<void> {
    const stall = new AbortController();
    const timer = setTimeout(() => stall.abort(), STALL_TIMEOUT_MS);
    const abortSignal = AbortSignal.any([signal, stall.signal]);
    try {
      const stream = await this.#docker.pull(reference, { authconfig, abortSignal });
      const progress = new PullProgress();
      for await (const line of lines(stream)) {
        timer.refresh();
        const failed = progress.read(line);
        if (failed) throw Object.assign(new Error(failed), { statusCode: 500 });
        onProgress(progress.text());
      }
    } catch (error) {
      if (stall.signal.aborted)
        throw Object.assign(new Error('the registry stopped sending'), { statusCode: 504 });
      throw error;
    } finally {
      clearTimeout(timer);
    }
    // A stream that was cut looks like one that ended: only the image itself proves the pull.
    if (await this.#has(reference, signal)) return;
    throw Object.assign(new Error('the transfer was cut short'), { statusCode: 502 });
  }
}

const NOT_THERE = /manifest unknown|not found|repository name not known|does not exist/i;
const NOT_ALLOWED = /unauthorized|denied|authentication required|no basic auth/i;
const AWAY =
  /dial tcp|connection re(fused|set)|no such host|timeout|timed out|stopped sending|cut short|\bEOF\b|50[234] /i;

/** In words of ours: what Docker said names our registry, and is the cause, for the log. */
function pullProblem(error: unknown): DriverError {
  const said = messageOf(error).slice(0, 500);
  const because = { cause: error };
  if (NOT_ALLOWED.test(said))
    return new DriverError(
      'REGISTRY_REFUSED',
      'The registry does not let this host pull the image.',
      false,
      because,
    );
  if (NOT_THERE.test(said))
    return new DriverError('IMAGE_MISSING', 'The registry has no image of its digest.', false, because);
  if (AWAY.test(said)) {
    const text =
      'The registry does not answer this host, which needs the image. It is tried again by itself.';
    return new DriverError('REGISTRY_UNAVAILABLE', text, true, because);
  }
  const text = "The image could not be brought to the host; the log of the host's agent says why.";
  return new DriverError('IMAGE_PULL_FAILED', text, true, because);
}
