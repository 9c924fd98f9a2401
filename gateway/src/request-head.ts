import type { IncomingMessage } from 'node:http';
import type { CloudError } from '@thecloud/kernel';
import { errors } from './errors';

/** uri-host [":" port] of RFC 9110 §7.2, as far as its characters go. */
const hostValue = /^[A-Za-z0-9._~!$&'()*+,;=%:[\]-]*$/;

/** What of RFC 9112 Node's parser leaves to us: one Host, and no transfer coding but chunked. Undefined: nothing is wrong. */
export function headProblem({ rawHeaders, headers, httpVersion }: IncomingMessage): CloudError | undefined {
  const hosts = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]!.toLowerCase() === 'host');
  if (hosts.length > 1) return errors.MALFORMED_HEAD({ why: 'it has more than one Host header' });
  if (hosts.length === 0 && httpVersion === '1.1')
    return errors.MALFORMED_HEAD({ why: 'it has no Host header' });
  if (!hostValue.test(hosts[0] ?? '')) return errors.MALFORMED_HEAD({ why: 'its Host header names no host' });
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && coding.trim().toLowerCase() !== 'chunked')
    return errors.TRANSFER_CODING_UNSUPPORTED({ got: coding.slice(0, 100) });
  return undefined;
}
