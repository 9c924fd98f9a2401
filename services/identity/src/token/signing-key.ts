import { readFile } from 'node:fs/promises';
import { importJWK, jwtVerify, SignJWT } from 'jose';
import type { JWK, JWTPayload } from 'jose';
import { secretFiles } from '../certificate/secrets';

/** The installation's Ed25519 key: signs internal tokens and join tokens, told apart by their audience. */
export class SigningKey {
  private constructor(
    private readonly privateKey: CryptoKeyLike,
    private readonly publicKey: CryptoKeyLike,
    private readonly publicJwk: JWK,
  ) {}

  static async open(secretsDir: string): Promise<SigningKey> {
    const jwk = JSON.parse(await readFile(secretFiles(secretsDir).tokenKey, 'utf8')) as JWK;
    const { d: _secret, ...publicJwk } = jwk;
    return new SigningKey(await importJWK(jwk, 'EdDSA'), await importJWK(publicJwk, 'EdDSA'), publicJwk);
  }

  /** The public half as a JSON Web Key Set (RFC 7517). */
  keySet(): string {
    return JSON.stringify({ keys: [this.publicJwk] });
  }

  async sign(claims: JWTPayload, audience: string, issuer: string, seconds: number): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', kid: this.publicJwk.kid ?? '' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
      .sign(this.privateKey);
  }

  /** Throws what jose throws when it is not signed by this key, not for that audience, or expired. */
  async verify(token: string, audience: string, issuer: string): Promise<JWTPayload> {
    const options = { audience, issuer, algorithms: ['EdDSA'], requiredClaims: ['exp'] };
    return (await jwtVerify(token, this.publicKey, options)).payload;
  }
}

type CryptoKeyLike = Awaited<ReturnType<typeof importJWK>>;
