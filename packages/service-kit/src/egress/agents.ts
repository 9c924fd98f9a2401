import { Agent as HttpAgent } from 'node:http';
import type { AgentOptions, ClientRequest } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import type { EgressGuard } from './guard';

type Created = (error: Error | null, stream: Duplex) => void;
type Failed = (error: Error) => void;
interface Target {
  readonly host?: string | null;
  readonly port?: number | string | null;
}
/**
 * The guard sets the deadlines. With a timeout of its own an agent takes them off a socket when it hands that from one
 * request to the next. Without one it does so while the socket waits for a request: `reuseSocket` sets it again.
 */
type Options = Omit<AgentOptions, 'timeout'>;

/** For `http.request`: every connection is one of the guard's. */
export class GuardedHttpAgent extends HttpAgent {
  constructor(
    private readonly guard: EgressGuard,
    options: Options = {},
  ) {
    super(options);
  }

  override createConnection({ host, port }: Target, done?: Created): undefined {
    hand(this.guard.connect(host ?? '', Number(port)), done);
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    super.reuseSocket(socket, request);
    (socket as Socket).setTimeout(this.guard.idleMs);
  }
}

/** For `https.request`: likewise, with TLS to the name that was asked for. */
export class GuardedHttpsAgent extends HttpsAgent {
  constructor(
    private readonly guard: EgressGuard,
    private readonly secureContext: SecureContext,
    options: Options = {},
  ) {
    super(options);
  }

  override createConnection({ host, port }: Target, done?: Created): undefined {
    const { secureContext } = this;
    const options = { secureContext, ALPNProtocols: ['http/1.1'] };
    hand(this.guard.connectSecure(host ?? '', Number(port), options), done);
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    super.reuseSocket(socket, request);
    (socket as Socket).setTimeout(this.guard.idleMs);
  }
}

function hand(connecting: Promise<Socket>, done: Created | undefined): void {
  connecting.then(
    (socket) => done?.(null, socket),
    (cause: Error) => (done as Failed | undefined)?.(cause),
  );
}
