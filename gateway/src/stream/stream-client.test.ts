import { isBulk, methods } from '@thecloud/api';

it('streams of bytes have connections of their own, and only they', () => {
  const streams = methods.filter(({ http, requestStream, responseStream }) => {
    return http && (requestStream || responseStream);
  });
  const bulk = streams.filter(isBulk);
  expect(bulk.map(({ rpc }) => rpc).sort()).toEqual([
    'ExecInstance',
    'ReadInstanceFiles',
    'ReadInstanceLogs',
    'UploadImage',
    'WriteInstanceFiles',
  ]);
  const watches = streams.filter((method) => !isBulk(method));
  expect(watches.length).toBeGreaterThan(5);
  expect(watches.filter(({ requestStream, plainBody }) => requestStream || plainBody)).toEqual([]);
});
