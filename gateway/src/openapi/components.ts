import type { Schema } from './field-schema';

const text = { type: 'string' };

const problem: Schema = {
  type: 'object',
  description: 'RFC 9457. `reason` is stable and for programs; `detail` and `advice` are for people.',
  properties: {
    type: { type: 'string', format: 'uri', description: 'urn:thecloud:error:<reason>' },
    title: text,
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: text,
    code: { type: 'string', description: 'The gRPC code: NOT_FOUND, …' },
    reason: { type: 'string', pattern: '^[A-Z][A-Z0-9_]*$' },
    domain: { type: 'string', description: 'Whose reason it is: compute.thecloud, …' },
    metadata: { type: 'object', additionalProperties: text },
    violations: {
      type: 'array',
      items: {
        type: 'object',
        properties: { field: text, description: text },
        required: ['field', 'description'],
      },
    },
    request_id: text,
    advice: { type: 'string', description: 'What to do next.' },
  },
  required: [
    'type',
    'title',
    'status',
    'detail',
    'code',
    'reason',
    'domain',
    'metadata',
    'violations',
    'request_id',
    'advice',
  ],
};

const header = (name: string, description: string, schema: Schema): Schema => ({
  name,
  in: 'header',
  description,
  schema,
});
const harmlessId = { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$' };

/** What operations refer to besides messages. */
export const sharedComponents = {
  schemas: { Problem: problem },
  parameters: {
    ProjectId: header('X-Project-Id', 'Which project; sessions need it, an API key has its own.', {
      type: 'string',
      pattern: '^[A-Za-z0-9_-]{0,64}$',
    }),
    IdempotencyKey: header(
      'Idempotency-Key',
      'The same key with the same request is done once and answered alike.',
      {
        type: 'string',
        pattern: '^[A-Za-z0-9._~:-]{1,128}$',
      },
    ),
    IfMatch: header('If-Match', 'An ETag: change it only if it is still at this version.', {
      type: 'string',
      examples: ['"3"'],
    }),
    RequestId: header('X-Request-Id', 'Names the request in logs; made up when absent.', harmlessId),
  },
  headers: {
    RequestId: { description: 'Names the request in logs.', schema: harmlessId },
    ETag: { description: "The resource's metadata.version in quotes, for If-Match.", schema: text },
  },
  responses: {
    Problem: {
      description: 'What went wrong, and what to do about it.',
      headers: {
        'X-Request-Id': { $ref: '#/components/headers/RequestId' },
        'Retry-After': {
          description: 'Seconds to wait before trying again.',
          schema: { type: 'integer', minimum: 1 },
        },
      },
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  },
  securitySchemes: {
    ApiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key: cloud_…' },
    Bearer: {
      type: 'http',
      scheme: 'bearer',
      description: 'An API key (cloud_…), or a session token (cloudsess_…) from POST /v1/sessions',
    },
  },
};
