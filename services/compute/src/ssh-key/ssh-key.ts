import { createHash } from 'node:crypto';

/** A public key, taken apart. */
export interface PublicKey {
  readonly type: string;
  /** Type and key, without the comment. */
  readonly text: string;
  /** "SHA256:…", as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
}

/** Types OpenSSH accepts today; ssh-dss is gone since OpenSSH 7.0. */
const TYPES = new Set([
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
]);
/** PEM of any kind, ssh.com's, PuTTY's, SSH version 1's. No answer repeats anything of what was sent. */
const PRIVATE = /PRIVATE KEY|PuTTY-User-Key-File|^Private-(Lines|Hash|MAC):/im;
const SHORTEST_RSA_BITS = 2048;

/**
 * Reads OpenSSH's one-line form: "type base64 [comment]". The base64 part is a list of length-prefixed strings
 * (RFC 4251 §5) that begins with the type once more (RFC 4253 §6.6). Answers with what is wrong instead, for people.
 */
export function parsePublicKey(line: string): PublicKey | { readonly wrong: string } {
  if (PRIVATE.test(line))
    return { wrong: 'this is a private key: keep it to yourself and send the .pub file' };
  const [type = '', base64 = '', ...rest] = line.trim().split(/[ \t]+/);
  if (rest.join(' ').includes('\n') || base64.includes('\n')) return { wrong: 'send one key on one line' };
  if (!TYPES.has(type)) return { wrong: `its type must be one of ${[...TYPES].join(', ')}` };
  const blob = Buffer.from(base64, 'base64');
  if (blob.toString('base64').replace(/=+$/, '') !== base64.replace(/=+$/, ''))
    return { wrong: 'its second word is not base64' };
  const parts = readStrings(blob);
  if (!parts || parts.length < 2 || parts[0]?.toString('latin1') !== type)
    return { wrong: 'it is cut short, or not of the type it says' };
  if (type === 'ssh-rsa' && bitsOf(parts[2]) < SHORTEST_RSA_BITS)
    return { wrong: `an RSA key needs at least ${SHORTEST_RSA_BITS} bits` };
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  return { type, text: `${type} ${base64}`, fingerprint: `SHA256:${digest}` };
}

/** undefined: a length leads beyond the end. */
function readStrings(blob: Buffer): Buffer[] | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; at < blob.length;) {
    if (at + 4 > blob.length) return undefined;
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return undefined;
    parts.push(blob.subarray(at + 4, end));
    at = end;
  }
  return parts;
}

/** Of a multiple-precision integer, without its leading zero byte. */
function bitsOf(mpint: Buffer | undefined): number {
  if (!mpint) return 0;
  return (mpint[0] === 0 ? mpint.length - 1 : mpint.length) * 8;
}
