import { Agent as HttpAgent } from 'node:http';
import type { AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import type { ConnectionOptions, SecureContext } from 'node:tls';
import type { EgressGuard } from './guard';

type Created = (error: Error | null, stream: Duplex) => void;
type Failed = (error: Error) => void;
interface Target {
  readonly host?: string | null;
  readonly port?: number | string | null;
}

/** For `http.request`: every connection is one of the guard's. */
export class GuardedHttpAgent extends HttpAgent {
  constructor(
    private readonly guard: EgressGuard,
    options: AgentOptions = {},
  ) {
    super(options);
  }

  override createConnection(options: Target, done?: Created): undefined {
    this.guard.connect(options.host ?? '', Number(options.port)).then(
      (socket) => done?.(null, socket),
      (cause: Error) => (done as Failed | undefined)?.(cause),
    );
  }
}

/** For `https.request`: likewise, with TLS to the name that was asked for. */
export class GuardedHttpsAgent extends HttpsAgent {
  constructor(
    private readonly guard: EgressGuard,
    private readonly secureContext: SecureContext,
    options: AgentOptions = {},
  ) {
    super(options);
  }

  override createConnection(options: Target, done?: Created): undefined {
    const host = options.host ?? '';
    this.guard.connect(host, Number(options.port)).then(
      (socket) => {
        const { secureContext } = this;
        const tls: ConnectionOptions = { socket, secureContext, host, ALPNProtocols: ['http/1.1'] };
        done?.(null, tlsConnect(isIP(host) ? tls : { ...tls, servername: host }));
      },
      (cause: Error) => (done as Failed | undefined)?.(cause),
    );
  }
}
