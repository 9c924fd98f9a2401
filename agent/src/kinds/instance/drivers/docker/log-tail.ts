import { FrameParser } from './frames';

/** The text of Docker's multiplexed log, its last `maxBytes`, without control characters. */
export function textOfLog(log: Buffer, maxBytes: number): string {
  const pieces = new FrameParser().push(log).map((frame) => frame.data);
  const text = Buffer.concat(pieces).subarray(-maxBytes).toString('utf8');
  return text.replace(/(?!\n)\p{Cc}/gu, '').trim();
}
