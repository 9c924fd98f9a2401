import { Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { CloudError, commonErrors } from '@thecloud/kernel';
import { fromServiceError, toServiceError } from './wire-errors';

const overTheWire = (error: CloudError) =>
  fromServiceError(Object.assign(new Error(error.message), toServiceError(error)) as ServiceError);

it('survives the wire with everything a caller may know', () => {
  const sent = new CloudError(
    'ALREADY_EXISTS',
    'compute.thecloud',
    'NAME_TAKEN',
    'Taken.',
    { name: 'web' },
    {
      violations: [{ field: 'name', description: 'is taken' }],
      retryAfterSeconds: 7,
      cause: new Error('a secret of the database'),
    },
  );
  const got = overTheWire(sent);
  expect(got).toMatchObject({
    code: 'ALREADY_EXISTS',
    domain: 'compute.thecloud',
    reason: 'NAME_TAKEN',
    message: 'Taken.',
    metadata: { name: 'web' },
    retryAfterSeconds: 7,
  });
  expect(got.violations).toEqual([expect.objectContaining({ field: 'name', description: 'is taken' })]);
});

it('leaves the cause behind', () => {
  const wire = toServiceError(commonErrors.INTERNAL({ requestId: 'r1' }, new Error('password=hunter2')));
  expect(JSON.stringify([wire.details, wire.metadata.toHttp2Headers()])).not.toContain('hunter2');
});

it.each([
  [status.UNAVAILABLE, 'UNAVAILABLE'],
  [status.DEADLINE_EXCEEDED, 'DEADLINE_EXCEEDED'],
  [status.CANCELLED, 'CANCELLED'],
  [status.UNIMPLEMENTED, 'UNIMPLEMENTED'],
  [status.RESOURCE_EXHAUSTED, 'UNEXPLAINED', 'INTERNAL'],
  [status.UNKNOWN, 'UNEXPLAINED', 'INTERNAL'],
])('names a failure of the transport itself (%s)', (code, reason, says = reason) => {
  const raw = Object.assign(new Error('x'), { code, details: 'x', metadata: new Metadata() }) as ServiceError;
  expect(fromServiceError(raw)).toMatchObject({ code: says, reason });
});
