import { createServer } from 'node:http2';
import type { Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Metadata } from '@grpc/grpc-js';
import { injectTrace, serverSpan, startTracing, traceId } from './tracing';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
let collector: Http2Server;
const received: string[] = [];

/** Takes what an OTLP collector takes, and says thank you. */
beforeAll(async () => {
  collector = createServer();
  collector.on('stream', (stream, headers) => {
    received.push(String(headers[':path']));
    stream.resume();
    stream.on('end', () => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(Buffer.alloc(5));
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  collector.close();
});

it('continues the trace of the caller, passes it on, and sends it to the collector', async () => {
  const { port } = collector.address() as AddressInfo;
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` };
  Object.assign(process.env, endpoint); // the exporter reads it there
  const stop = await startTracing('test', endpoint);
  const incoming = new Metadata();
  incoming.set('traceparent', `00-${TRACE}-b7ad6b7169203331-01`);
  const outgoing = new Metadata();
  await serverSpan('/thing/Get', incoming, () => {
    expect(traceId()).toBe(TRACE);
    injectTrace(outgoing);
    return Promise.resolve();
  });
  await stop();
  delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  expect(String(outgoing.get('traceparent')[0])).toMatch(
    new RegExp(`^00-${TRACE}-(?!b7ad6b7169203331)[0-9a-f]{16}-01$`),
  );
  expect(received).toEqual(['/opentelemetry.proto.collector.trace.v1.TraceService/Export']);
});

it('records nothing where no collector is named', async () => {
  const stop = await startTracing('test', {});
  await expect(stop()).resolves.toBeUndefined();
});
