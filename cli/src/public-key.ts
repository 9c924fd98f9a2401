import { open, type FileHandle } from 'node:fs/promises';
import type { Io } from './io';
import { CliError, exitCodes, usageError } from './exit-codes';
import { messageOf } from './thrown';

/** No public key is as long as this, in bytes. */
const most = 16 * 1024;

/**
 * PEM of any kind (PKCS#1, PKCS#8, SEC 1, OpenSSH, PGP), ssh.com's, PuTTY's two, SSH version 1's, and a JSON Web Key with
 * its private part.
 */
const privateKeys = [
  /-{4,5} ?BEGIN [A-Z0-9 ]*PRIVATE KEY/i,
  /^\s*PuTTY-User-Key-File-\d/im,
  /SSH PRIVATE KEY FILE FORMAT/i,
  /^Private-(Lines|Hash|MAC):/im,
  /"d"\s*:\s*"[\w-]+"/,
];

/** One line of OpenSSH: type, key, and perhaps a comment. */
const publicKey = /^(ssh|ecdsa|sk)-[\w@.-]+[ \t]+[A-Za-z0-9+/]+={0,2}([ \t][^\n]*)?$/;

/**
 * The public key in a file, or on standard input (-). Whatever does not look like one is refused here: a private key
 * must not leave this machine, in whatever form it comes.
 */
export async function readPublicKey(io: Io, path: string): Promise<string> {
  const name = path === '-' ? 'Standard input' : path;
  const text = textOf(path === '-' ? await head(io.stdin) : await headOf(path));
  if (privateKeys.some((form) => form.test(text))) {
    throw usageError(
      `${name} holds a private key. Keep it to yourself: nothing was sent.`,
      path === '-' || path.endsWith('.pub')
        ? 'Give its public half instead.'
        : `Give its public half: ${path}.pub. Without one: ssh-keygen -y -f ${path} > ${path}.pub`,
    );
  }
  if (/BEGIN [A-Z0-9 ]*PUBLIC KEY/.test(text)) {
    const advice = `Change it with: ssh-keygen -i -f FILE > FILE.pub (with -m PKCS8 for one that begins with five dashes)`;
    throw usageError(`${name} holds a public key, but not in OpenSSH's one-line form.`, advice);
  }
  const line = text.trim();
  if (publicKey.test(line)) return line;
  throw new CliError(
    exitCodes.usage,
    `${name} does not hold one public key of OpenSSH. Nothing was sent.`,
    'It is one line that begins with its type, as in ~/.ssh/id_ed25519.pub: ssh-ed25519 AAAA… comment',
  );
}

/** Windows' tools write UTF-16. */
function textOf(bytes: Buffer): string {
  if (bytes.length >= 2 && bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le').slice(1);
  if (bytes.length >= 2 && bytes[0] === 0xfe && bytes[1] === 0xff)
    return Buffer.from(bytes.subarray(0, bytes.length & ~1))
      .swap16()
      .toString('utf16le')
      .slice(1);
  return bytes.toString('utf8').replace(/^\ufeff/, '');
}

async function headOf(path: string): Promise<Buffer> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(most), 0, most);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw usageError(`${path} cannot be read: ${messageOf(error)}`);
  } finally {
    await file?.close();
  }
}

async function head(stdin: Io['stdin']): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    chunks.push(bytes);
    if ((size += bytes.length) >= most) break;
  }
  return Buffer.concat(chunks).subarray(0, most);
}
