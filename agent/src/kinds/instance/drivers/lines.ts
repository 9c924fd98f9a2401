/** The lines of a stream of text; what a cut stream leaves unfinished comes last. Rejects when the stream fails. */
export async function* lines(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    const whole = (
      rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))
    ).split('\n');
    rest = whole.pop() ?? '';
    for (const line of whole) if (line.trim()) yield line;
  }
  if (rest.trim()) yield rest;
}
