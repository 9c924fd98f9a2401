import { commonConfig } from '@thecloud/service-kit';
import { z } from 'zod';

const seconds = (fallback: number, most: number) => z.coerce.number().positive().max(most).default(fallback);
const rate = (fallback: number) => z.coerce.number().positive().max(1_000_000).default(fallback);
const count = (fallback: number) => z.coerce.number().int().positive().default(fallback);

/** What the gateway is told besides `commonConfig`; every variable may be given as NAME_FILE too. */
const gatewayVariables = {
  THECLOUD_GATEWAY_HTTP_ADDRESS: z
    .string()
    .regex(/^.+:\d+$/, 'must be host:port')
    .default('127.0.0.1:8080')
    .describe('Where the public API listens'),
  THECLOUD_GATEWAY_GRPC_ADDRESS: z
    .string()
    .regex(/^.+:\d+$/, 'must be host:port')
    .default('127.0.0.1:8081')
    .describe('Where the public gRPC API listens'),
  THECLOUD_GATEWAY_GRPC_TLS_CERTIFICATE_PATH: z
    .string()
    .optional()
    .describe('PEM certificate chain that gRPC clients are shown; without it gRPC is in plain text'),
  THECLOUD_GATEWAY_GRPC_TLS_KEY_PATH: z.string().optional().describe('PEM key of that certificate'),
  THECLOUD_GATEWAY_OPERATION_SERVICES: z
    .string()
    .regex(/^[a-z]+(,[a-z]+)*$/, 'must be names of services with commas between them')
    .optional()
    .describe(
      'Services that have operations, with commas between them; absent: all that have methods for users',
    ),
  THECLOUD_GATEWAY_MAX_MESSAGE_BYTES: count(4 << 20).describe('Largest gRPC message'),
  THECLOUD_GATEWAY_MAX_BODY_BYTES: count(1 << 20).describe('Largest JSON body'),
  THECLOUD_GATEWAY_MAX_UPLOAD_BYTES: count(4 * 2 ** 30).describe('Largest upload'),
  THECLOUD_GATEWAY_MAX_CONNECTIONS: count(4096).describe('Connections at a time; more are turned away'),
  THECLOUD_GATEWAY_BODY_SECONDS: seconds(30, 600).describe('Time for a JSON body to arrive'),
  THECLOUD_GATEWAY_UPLOAD_IDLE_SECONDS: seconds(30, 600).describe('Longest pause within an upload'),
  THECLOUD_GATEWAY_UPLOAD_SECONDS: seconds(3600, 86_400).describe('Time for a whole upload'),
  THECLOUD_GATEWAY_CALL_SECONDS: seconds(30, 600).describe('Deadline of a call to a service'),
  THECLOUD_GATEWAY_WAIT_SECONDS: seconds(70, 600).describe('Deadline of a :wait or an :exec call'),
  THECLOUD_GATEWAY_RATE_KEY: rate(200).describe('Requests a second of one credential; half as many at once'),
  THECLOUD_GATEWAY_RATE_PROJECT: rate(400).describe('Requests a second of one project, likewise'),
  THECLOUD_GATEWAY_RATE_ADDRESS: rate(50).describe(
    'Requests a second of one address, likewise, that show no credential or one not yet vouched for',
  ),
  THECLOUD_GATEWAY_RATE_HEALTH: rate(200).describe(
    'Looks at /health a second of one address, likewise; its requests do not count here',
  ),
  THECLOUD_GATEWAY_MAX_REQUESTS_AT_ONCE: count(64).describe('Requests under way of one credential'),
  THECLOUD_GATEWAY_MAX_REQUESTS_AT_ONCE_OF_PROJECT: count(128).describe('Requests under way of one project'),
  THECLOUD_GATEWAY_MAX_REQUESTS_AT_ONCE_OF_ADDRESS: count(32).describe(
    'Requests under way of one address that show no credential or one not yet vouched for',
  ),
  THECLOUD_GATEWAY_SERVED_AT_ONCE: count(8).describe(
    'Requests of one project that are worked on at a time; its others wait in line',
  ),
  THECLOUD_GATEWAY_MAX_STREAMS_OF_KEY: count(256).describe(
    'Streams, uploads and waits under way of one credential',
  ),
  THECLOUD_GATEWAY_MAX_STREAMS_OF_PROJECT: count(512).describe(
    'Streams, uploads and waits under way of one project',
  ),
  THECLOUD_GATEWAY_STREAM_SECONDS: seconds(86_400, 7 * 86_400).describe('The longest a stream lives'),
  THECLOUD_GATEWAY_STREAM_PING_SECONDS: seconds(30, 600).describe('Time between pings of a WebSocket'),
  THECLOUD_GATEWAY_STREAM_CHECK_SECONDS: seconds(30, 600).describe(
    'Time between looks at whether the credential of a stream still counts',
  ),
  THECLOUD_GATEWAY_CREDENTIAL_SECONDS: z.coerce
    .number()
    .min(0)
    .max(3)
    .default(3)
    .describe('How long an exchanged credential counts; a revoked one works no longer than this'),
};

export const httpConfig = z.object(gatewayVariables);
export type HttpConfig = z.infer<typeof httpConfig>;

export const gatewayConfig = z.object({
  ...commonConfig,
  ...gatewayVariables,
  THECLOUD_NATS_URL: z
    .string()
    .optional()
    .describe(
      'tls://host:port of NATS, where replicas share what they let through; without it each counts alone',
    ),
});
export type GatewayConfig = z.infer<typeof gatewayConfig>;
