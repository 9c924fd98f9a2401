import { CloudError } from '@thecloud/kernel';
import type { EgressGuard } from '@thecloud/service-kit';
import type { Blame } from './import.plan';
import { parseReference } from './reference';
import type { Copied, Registry } from './registry';
import type { RegistryContents } from './registry-contents';
import { SourceRelay } from './source-relay';

/** What one import may take, in milliseconds. */
const IMPORT_MS = 10 * 60_000;

export interface ImportDeps {
  readonly registry: Registry;
  readonly contents: RegistryContents;
  readonly guard: EgressGuard;
  readonly limitMib: number;
}

export interface FailedImport {
  readonly blame: Blame;
  /** One of IMAGE_REASONS, or of the catalogue. */
  readonly reason: string;
  readonly message: string;
}

/** Copies an image in from the registry that a tenant names. Throws only if `signal` aborts. */
export async function importImage(
  d: ImportDeps,
  source: string,
  imageId: string,
  signal: AbortSignal,
): Promise<Copied | FailedImport> {
  const reference = parseReference(source);
  if (!reference)
    return { blame: 'final', reason: 'IMPORT_FAILED', message: `${source} is not an image reference.` };
  const late = AbortSignal.timeout(IMPORT_MS);
  const both = AbortSignal.any([signal, late]);
  const relay = await SourceRelay.open(reference, { ...d, signal: both });
  try {
    return await d.registry.copyIn(relay.source, imageId, both);
  } catch (cause) {
    if (signal.aborted || !(cause instanceof CloudError)) throw cause;
    if (late.aborted) {
      const message = `It had not arrived after ${IMPORT_MS / 60_000} minutes.`;
      return { blame: 'final', reason: 'IMPORT_TIMED_OUT', message };
    }
    return explain(d, relay, cause);
  } finally {
    await relay.close();
  }
}

async function explain(d: ImportDeps, relay: SourceRelay, cause: CloudError): Promise<FailedImport> {
  if (relay.failure) {
    const { reason, message, passing } = relay.failure;
    return { blame: passing ? 'source' : 'final', reason, message };
  }
  const message = relay.rename(cause.message);
  if (cause.code === 'INVALID_ARGUMENT') return { blame: 'final', reason: cause.reason, message };
  if (await d.contents.takesImages()) return { blame: 'unknown', reason: 'IMPORT_FAILED', message };
  const own = "The cloud's own registry takes no images right now.";
  return { blame: 'own', reason: 'REGISTRY_UNAVAILABLE', message: own };
}
