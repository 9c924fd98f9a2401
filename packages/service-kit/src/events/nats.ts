import { connect } from 'nats';
import type { JetStreamClient, NatsConnection } from 'nats';
import { passing } from '@thecloud/kernel';
import type { CertificateFiles } from '../certificates/certificate-files';
import type { Logger } from '../log';

/** The one file that knows the NATS client: its packages are being renamed upstream. */

const STREAM = 'EVENTS';
const PUBLISH_TIMEOUT_MS = 3_000;

/** What is heard: the subject, and what was said if anything was. */
type OnHint = (subject: string, body: () => string) => void;

/** Durable events (JetStream) and fire-and-forget hints. NATS may be away: hints are lost, events wait in the outbox. */
export class EventBus {
  #connection: NatsConnection | undefined;
  #jetstream: JetStreamClient | undefined;
  readonly #subscriptions: Array<{ subject: string; onHint: OnHint }> = [];
  #closed = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly url: string,
    private readonly certificates: CertificateFiles | undefined,
    private readonly log: Logger,
  ) {
    void this.#connect();
  }

  /** Listens for hints, now and after every reconnect. */
  subscribe(subject: string, onHint: OnHint): void {
    this.#subscriptions.push({ subject, onHint });
    if (this.#connection) this.#listen(this.#connection, subject, onHint);
  }

  /** Tells whoever listens. Nobody may. */
  hint(subject: string): void {
    if (this.#connection && !this.#connection.isClosed()) this.#connection.publish(subject);
  }

  /** Tells whoever `hear`s the subject, with some words. Nobody may, and they may be lost. */
  tell(subject: string, body: string): void {
    if (this.#connection && !this.#connection.isClosed()) this.#connection.publish(subject, body);
  }

  /** Hears what is told, now and after every reconnect. */
  hear(subject: string, then: (body: string) => void): void {
    this.subscribe(subject, (_subject, body) => then(body()));
  }

  /** Publishes durably; resolves when the stream has it. The id makes a repetition within two minutes one message. */
  async publish(subject: string, id: string, body: string): Promise<void> {
    if (!this.#jetstream) throw new Error('NATS is away');
    passing('before publish');
    await this.#jetstream.publish(subject, body, { msgID: id, timeout: PUBLISH_TIMEOUT_MS });
    passing('after publish');
  }

  connected(): boolean {
    return this.#connection !== undefined && !this.#connection.isClosed();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#connection?.close();
  }

  async #connect(): Promise<void> {
    try {
      const files = this.certificates;
      const connection = await connect({
        servers: this.url,
        maxReconnectAttempts: -1,
        reconnectTimeWait: 500,
        timeout: 3_000,
        ...(files ? { tls: { caFile: files.caFile, certFile: files.certFile, keyFile: files.keyFile } } : {}),
      });
      if (this.#closed) {
        await connection.close();
        return;
      }
      await ensureStream(connection);
      this.#connection = connection;
      this.#jetstream = connection.jetstream();
      for (const { subject, onHint } of this.#subscriptions) this.#listen(connection, subject, onHint);
    } catch (err) {
      this.log.warn({ err }, 'NATS is away; events wait in the outbox');
      if (!this.#closed) this.#retry = setTimeout(() => void this.#connect(), 2_000);
    }
  }

  #listen(connection: NatsConnection, subject: string, onHint: OnHint): void {
    connection.subscribe(subject, {
      callback: (err, message) => {
        if (!err) onHint(message.subject, () => message.string());
      },
    });
  }
}

/** Events stay three days, at most 1 GiB: a consumer that was away longer reads the resources themselves. */
async function ensureStream(connection: NatsConnection): Promise<void> {
  const manager = await connection.jetstreamManager();
  const config = {
    name: STREAM,
    subjects: ['events.>'],
    max_age: 3 * 24 * 3600 * 1e9,
    max_bytes: 1 << 30,
    duplicate_window: 120 * 1e9,
  };
  await manager.streams.info(STREAM).catch(() => manager.streams.add(config));
}
