import { decodeResponse } from '../transcode-response';
import type { Route } from '../routes';

/** One message as it goes out, on a WebSocket and as a line. */
export const resultFrame = (route: Route, message: Buffer): string =>
  `{"result":${decodeResponse(route, message).json.toString()}}`;
