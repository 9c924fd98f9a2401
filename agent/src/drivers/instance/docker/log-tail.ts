/** Bytes before each piece of a multiplexed log: stream, three zeros, length. */
const HEADER = 8;

/** The text of Docker's multiplexed log, its last `maxBytes`, without control characters. */
export function textOfLog(log: Buffer, maxBytes: number): string {
  const pieces: Buffer[] = [];
  for (let at = 0; at + HEADER <= log.length;) {
    const end = at + HEADER + log.readUInt32BE(at + 4);
    pieces.push(log.subarray(at + HEADER, end));
    at = end;
  }
  const text = Buffer.concat(pieces).subarray(-maxBytes).toString('utf8');
  return text.replace(/(?!\n)\p{Cc}/gu, '').trim();
}
