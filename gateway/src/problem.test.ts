import { Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { CloudError } from '@thecloud/kernel';
import type { Code } from '@thecloud/kernel';
import { fromBackend } from './backend-error';
import { toCloudError, toProblem } from './problem';

const bare = (code: status) =>
  Object.assign(new Error('x'), {
    code,
    details: 'connect ECONNREFUSED 10.0.0.1',
    metadata: new Metadata(),
  }) as ServiceError;

it.each<[Code, number]>([
  ['INVALID_ARGUMENT', 400],
  ['FAILED_PRECONDITION', 400],
  ['UNAUTHENTICATED', 401],
  ['PERMISSION_DENIED', 403],
  ['NOT_FOUND', 404],
  ['ALREADY_EXISTS', 409],
  ['ABORTED', 409],
  ['RESOURCE_EXHAUSTED', 429],
  ['CANCELLED', 499],
  ['INTERNAL', 500],
  ['UNIMPLEMENTED', 501],
  ['UNAVAILABLE', 503],
  ['DEADLINE_EXCEEDED', 504],
])('%s is HTTP %i', (code, http) => {
  const error = new CloudError(code, 'd.thecloud', 'SOME_REASON', 'Text.', { a: 'b' });
  expect(toProblem(error, 'r1')).toMatchObject({
    type: 'urn:thecloud:error:SOME_REASON',
    title: 'Some reason',
    status: http,
    detail: 'Text.',
    code,
    metadata: { a: 'b' },
    request_id: 'r1',
    advice: expect.stringMatching(/\.$/) as string,
  });
});

it.each([
  [status.UNAVAILABLE, 'UNAVAILABLE', 'The compute service does not answer'],
  [status.DEADLINE_EXCEEDED, 'DEADLINE_EXCEEDED', 'took too long'],
  [status.CANCELLED, 'CANCELLED', 'went away'],
  [status.UNIMPLEMENTED, 'UNIMPLEMENTED', 'no method of this kind in compute'],
  [status.UNKNOWN, 'INTERNAL', 'request id r1'],
  [status.INTERNAL, 'INTERNAL', 'request id r1'],
  [status.NOT_FOUND, 'INTERNAL', 'request id r1'],
])('an error %i without details is explained, not shown', (code, reason, text) => {
  const error = fromBackend(bare(code), 'compute', 'r1');
  expect(error).toMatchObject({ reason, message: expect.stringContaining(text) as string });
  expect(error.message).not.toContain('ECONNREFUSED');
});

it('takes details that cannot be decoded for a bug', () => {
  const error = bare(status.NOT_FOUND);
  error.metadata.set('grpc-status-details-bin', Buffer.from([0xff, 0xff]));
  expect(fromBackend(error, 'compute', 'r1').reason).toBe('INTERNAL');
});

it('takes anything thrown that is no CloudError for a bug', () => {
  expect(toCloudError(new TypeError('x is undefined'), 'r1')).toMatchObject({
    reason: 'INTERNAL',
    message: expect.not.stringContaining('undefined') as string,
  });
});
