import type { Route } from '../routes';
import type { Schema } from './field-schema';
import type { Schemas } from './schemas';

/** How a stream can be had, for the operation's description. */
export function streamText(route: Route): string {
  const webSocket =
    'As a WebSocket (subprotocol `thecloud.v1`) each message is one text frame, `{"result": …}`; a failure is ' +
    '`{"error": <problem>}` and the close code 4000 + its status; 1000 is the end, 1012 asks to connect again. ' +
    'Browsers pass the key as a second subprotocol, `thecloud.bearer.<key>`.';
  return route.method.requestStream
    ? `Only as a WebSocket: ${bothWays} ${webSocket}`
    : `A stream: it goes on until all is said or the caller goes. ${webSocket}`;
}

const bothWays =
  'the parameters are the first request, each text frame sent is the JSON of another, an empty one says that none follow.';

/** The answers of a stream that has begun; a refusal before that is a Problem like any other. */
export function streamResponses(route: Route, schemas: Schemas): Schema {
  const switching = { description: 'The connection is a WebSocket now.' };
  if (route.method.requestStream) return { '101': switching, '426': problem };
  const line: Schema = {
    type: 'object',
    description: 'One line; an error is the last.',
    properties: { result: schemas.answerRef(route.output), error: { $ref: '#/components/schemas/Problem' } },
    minProperties: 1,
    maxProperties: 1,
  };
  const plain = { 'text/plain': {}, 'application/octet-stream': {} };
  return {
    '101': switching,
    '200': {
      description: 'The messages, as they come.',
      headers: { 'X-Request-Id': { $ref: '#/components/headers/RequestId' } },
      content: { ...(route.plainBody ? plain : {}), 'application/x-ndjson': { schema: line } },
    },
  };
}

const problem = { $ref: '#/components/responses/Problem' };
