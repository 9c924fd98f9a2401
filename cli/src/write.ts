/** Writes, and resolves when there is room for more. Rejects when nobody reads any more. */
export function write(to: NodeJS.WritableStream, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    to.write(data, (error) => (error ? reject(error) : resolve()));
  });
}
