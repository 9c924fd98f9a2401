import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Metadata } from '@grpc/grpc-js';

/** Without a collector nothing is kept track of: that would cost each call what nobody sees. */
let recording = false;

/**
 * Traces from gateway to agent, sent by OTLP when OTEL_EXPORTER_OTLP_ENDPOINT names a collector; otherwise nothing is
 * recorded, and the SDK (some 30 MiB) is not even loaded. Once a process. Returns what flushes and stops it.
 */
export async function startTracing(
  service: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<() => Promise<void>> {
  if (!env['OTEL_EXPORTER_OTLP_ENDPOINT']) return () => Promise.resolve();
  const [{ NodeSDK }, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/exporter-trace-otlp-grpc'),
  ]);
  const sdk = new NodeSDK({
    serviceName: `thecloud-${service}`,
    traceExporter: new OTLPTraceExporter(),
  });
  sdk.start();
  recording = true;
  return () => sdk.shutdown();
}

const tracer = trace.getTracer('thecloud');

/** Runs `fn` as a server span, a child of the caller's if its metadata names one. */
export function serverSpan<T>(
  name: string,
  metadata: { get(key: string): readonly unknown[] },
  fn: () => Promise<T>,
): Promise<T> {
  if (!recording) return fn();
  const carrier = { traceparent: String(metadata.get('traceparent')[0] ?? '') };
  const parent = propagation.extract(context.active(), carrier);
  return tracer.startActiveSpan(name, { kind: SpanKind.SERVER }, parent, async (span) => {
    try {
      return await fn();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Adds the present span to outgoing metadata. */
export function injectTrace(metadata: Metadata): void {
  if (!recording) return;
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  if (carrier['traceparent']) metadata.set('traceparent', carrier['traceparent']);
}

/** The present trace's id, for log lines; undefined when nothing is recorded. */
export function traceId(): string | undefined {
  return trace.getActiveSpan()?.spanContext().traceId;
}
