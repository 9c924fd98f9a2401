import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { ServiceDefinition } from '@grpc/grpc-js';

/** An answer in its bytes: what a handler may give instead of the message. */
export class Encoded<Answer> {
  declare readonly of: Answer;
  constructor(readonly bytes: Buffer) {}
}

const ITEMS = 1;
const NEXT_PAGE_TOKEN = 2;

/** A page, as the answers of all lists have it. */
export function encodedPage<Answer extends { nextPageToken: string }>(
  items: readonly Uint8Array[],
  nextPageToken: string,
): Encoded<Answer> {
  const page = new BinaryWriter();
  for (const item of items) page.tag(ITEMS, WireType.LengthDelimited).bytes(item);
  if (nextPageToken) page.tag(NEXT_PAGE_TOKEN, WireType.LengthDelimited).string(nextPageToken);
  const { buffer, byteOffset, length } = page.finish();
  return new Encoded(Buffer.from(buffer, byteOffset, length));
}

/** The same service, whose answers may be encoded already. */
export function takingEncoded<D extends ServiceDefinition>(definition: D): D {
  const methods = Object.entries(definition).map(([name, method]) => {
    const { responseSerialize: encode } = method;
    const responseSerialize = (answer: object) => (answer instanceof Encoded ? answer.bytes : encode(answer));
    return [name, { ...method, responseSerialize }];
  });
  return Object.fromEntries(methods) as D;
}
