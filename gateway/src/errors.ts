import { entry, errorCatalogue } from '@thecloud/kernel';

/** What the gateway itself refuses; everything else comes from the service behind it. */
export const errors = errorCatalogue('gateway.thecloud', {
  UNKNOWN_ROUTE: entry<{ method: string; path: string }>(
    'NOT_FOUND',
    (m) =>
      `There is nothing at ${m.method} ${m.path}. Every route stands in /openapi.json, readable at /docs.`,
  ),
  METHOD_NOT_ALLOWED: entry<{ method: string; allow: string }>(
    'UNIMPLEMENTED',
    (m) => `${m.method} is not possible here; ${m.allow} is.`,
  ),
  MALFORMED_JSON: entry<{ why: string }>('INVALID_ARGUMENT', (m) => `The body is not valid JSON: ${m.why}.`),
  MALFORMED_URL: entry<{ what: string }>(
    'INVALID_ARGUMENT',
    (m) => `The ${m.what} of the URL cannot be decoded. Percent-encode it as UTF-8, without null bytes.`,
  ),
  MALFORMED_BODY: entry<{ why: string }>('INVALID_ARGUMENT', (m) => `The body is not acceptable: ${m.why}.`),
  BODY_NOT_ALLOWED: entry<{ method: string }>(
    'INVALID_ARGUMENT',
    (m) => `${m.method} takes no body here. Put its parameters into the query.`,
  ),
  BODY_TOO_LARGE: entry<{ limit: string }>(
    'INVALID_ARGUMENT',
    (m) => `The body is larger than ${m.limit} bytes, the most that is accepted here.`,
  ),
  BODY_TOO_SLOW: entry<{ seconds: string }>(
    'INVALID_ARGUMENT',
    (m) =>
      `The body stalled: nothing more of it came for ${m.seconds} seconds. Send it again, without pauses.`,
  ),
  UNSUPPORTED_MEDIA_TYPE: entry<{ got: string; want: string }>(
    'INVALID_ARGUMENT',
    (m) => `A body of type ${m.got} is not accepted here. Send ${m.want}, and say so in Content-Type.`,
  ),
  MALFORMED_HEAD: entry<{ why: string }>(
    'INVALID_ARGUMENT',
    (m) => `The request cannot be read: ${m.why} (RFC 9112).`,
  ),
  HEAD_TOO_LARGE: entry<{ limit: string }>(
    'INVALID_ARGUMENT',
    (m) =>
      `Request line and headers have more than ${m.limit} bytes together, the most that is accepted here.`,
  ),
  REQUEST_TOO_SLOW: entry('INVALID_ARGUMENT', () => 'The request did not arrive in time. Send it again.'),
  TRANSFER_CODING_UNSUPPORTED: entry<{ got: string }>(
    'UNIMPLEMENTED',
    (m) => `Transfer-Encoding ${m.got} is not known here. Send the body as it is, with a length or chunked.`,
  ),
  EXPECTATION_UNSUPPORTED: entry<{ got: string }>(
    'INVALID_ARGUMENT',
    (m) => `Expect: ${m.got} cannot be met. 100-continue is the only expectation known here.`,
  ),
  UNKNOWN_METHOD: entry<{ method: string }>(
    'UNIMPLEMENTED',
    (m) => `There is no method ${m.method}. Server reflection lists what there is: grpcurl ADDRESS list.`,
  ),
  RATE_LIMITED: entry<{ what: string }>(
    'RESOURCE_EXHAUSTED',
    (m) => `Too many requests of this ${m.what}. Wait as long as Retry-After says, and send fewer a second.`,
    { retryAfterSeconds: 1 },
  ),
  TOO_MANY_AT_ONCE: entry<{ what: string; whose: string; limit: string }>(
    'RESOURCE_EXHAUSTED',
    (m) =>
      `${m.limit} ${m.what} of ${m.whose} are under way, the most allowed at a time. End or await some first.`,
    { retryAfterSeconds: 1 },
  ),
  WEBSOCKET_REQUIRED: entry(
    'FAILED_PRECONDITION',
    () => 'Both sides speak here: connect with a WebSocket (Upgrade: websocket, version 13).',
  ),
  SUBPROTOCOL_REQUIRED: entry(
    'INVALID_ARGUMENT',
    () => 'Offer the subprotocol thecloud.v1 beside the one that carries the key, or none at all.',
  ),
  FRAME_NOT_TEXT: entry(
    'INVALID_ARGUMENT',
    () => 'A frame was binary. Send each request as one text frame of JSON; bytes in it are base64.',
  ),
  GATEWAY_STOPPING: entry('UNAVAILABLE', () => 'This gateway is being restarted. Connect again.', {
    retryAfterSeconds: 1,
  }),
});

/** HTTP statuses more exact than what the gRPC code alone says. */
export const httpStatusOfReason: Readonly<Record<string, number>> = {
  METHOD_NOT_ALLOWED: 405,
  BODY_TOO_LARGE: 413,
  BODY_TOO_SLOW: 408,
  IMAGE_UPLOAD_TOO_SLOW: 408,
  UNSUPPORTED_MEDIA_TYPE: 415,
  WEBSOCKET_REQUIRED: 426,
  HEAD_TOO_LARGE: 431,
  REQUEST_TOO_SLOW: 408,
  EXPECTATION_UNSUPPORTED: 417,
};
