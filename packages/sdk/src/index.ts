export { fromBase64, toBase64 } from './bytes';
export { Cloud } from './cloud';
export {
  CloudApiError,
  CloudConnectionError,
  CloudFailedError,
  CloudTimeoutError,
  type FieldViolation,
  type Problem,
} from './errors';
export { Exec, type ExecOutput, type ExecSignal } from './exec';
export type * from './gen/types';
export type { CallOptions, CloudOptions, UploadBody, Verb } from './options';
export { Pages, type PageRequest } from './pages';
export type { RetryPolicy } from './retry';
export type { SocketFactory, SocketLike } from './socket';
export type { Duplex, Stream } from './stream';
export type { Query } from './url';
export type { WaitOptions } from './wait';
