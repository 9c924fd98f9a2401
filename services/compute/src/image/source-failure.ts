import { CloudError } from '@thecloud/kernel';
import type { ImageReason } from './image.advice';
import type { Blame } from './import.plan';

/** Why an image did not come from where it stands. */
export class SourceFailure extends Error {
  constructor(
    readonly reason: Extract<
      ImageReason,
      | 'IMAGE_NEVER_FITS'
      | 'IMPORT_FAILED'
      | 'IMPORT_SOURCE_REFUSED'
      | 'IMPORT_SPOOL_FULL'
      | 'IMPORT_TOO_LARGE'
      | 'REGISTRY_UNAVAILABLE'
    >,
    message: string,
  ) {
    super(message);
  }

  get blame(): Blame {
    if (this.reason === 'IMPORT_SPOOL_FULL') return 'own';
    return this.reason === 'REGISTRY_UNAVAILABLE' ? 'source' : 'final';
  }
}

/** Codes of Node's connection and resolver errors that say nothing about the next attempt. */
const PASSING_CODES = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE'],
  ...['EAI_AGAIN', 'EMFILE', 'ENFILE'],
]);

/** What a connection that did not come about, or broke, means for the import. */
export function failureOfConnection(host: string, cause: unknown): SourceFailure {
  if (cause instanceof SourceFailure) return cause;
  if (cause instanceof CloudError) return new SourceFailure('IMPORT_SOURCE_REFUSED', cause.message);
  const { code = '', message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOTFOUND') return new SourceFailure('IMPORT_FAILED', `There is no host named ${host}.`);
  if (PASSING_CODES.has(code) || code === '')
    return new SourceFailure('REGISTRY_UNAVAILABLE', `${host} does not answer: ${saying(code, message)}.`);
  if (code.startsWith('HPE_'))
    return new SourceFailure('REGISTRY_UNAVAILABLE', `${host} answered with something that is not HTTP.`);
  return new SourceFailure('IMPORT_FAILED', `No secure connection with ${host}: ${message}`);
}

function saying(code: string, message: string): string {
  if (code === 'ECONNREFUSED') return 'the connection was refused';
  if (code === 'EAI_AGAIN') return 'its name could not be resolved';
  return code || message;
}

/** What a registry's answer other than success means; `said` is its own word for it. */
export function failureOfStatus(host: string, status: number, said: string): SourceFailure {
  const suffix = said ? `: ${said}` : '';
  if (status === 401 || status === 403)
    return new SourceFailure(
      'IMPORT_FAILED',
      `${host} lets nobody pull this image without a login, or has no such image${suffix}`,
    );
  if (status === 404)
    return new SourceFailure('IMPORT_FAILED', `${host} has no such image${suffix || ': not found'}`);
  if (status === 408 || status === 429 || status >= 500)
    return new SourceFailure('REGISTRY_UNAVAILABLE', `${host} answered with status ${status}${suffix}`);
  return new SourceFailure('IMPORT_FAILED', `${host} answered with status ${status}${suffix}`);
}
