import { connect, Events } from 'nats';
import type { JetStreamClient, JetStreamManager, NatsConnection } from 'nats';
import { commonErrors, passing } from '@thecloud/kernel';
import type { CertificateFiles } from '../certificates/certificate-files';
import type { Logger } from '../log';

/** With event-log.ts the one place that knows the NATS client: its packages are being renamed upstream. */

export const STREAM = 'EVENTS';
const PUBLISH_TIMEOUT_MS = 3_000;

/** What is heard: the subject, and what was said if anything was. */
type OnHint = (subject: string, body: () => string) => void;

/** What the event stream keeps. */
export interface EventRetention {
  readonly hours: number;
  readonly mib: number;
  /** For so long a message id that comes again is no second message. */
  readonly dedupSeconds: number;
}
export const DEFAULT_RETENTION: EventRetention = { hours: 72, mib: 1024, dedupSeconds: 120 };

/** Durable events (JetStream) and fire-and-forget hints. NATS may be away: hints are lost, events wait in the outbox. */
export class EventBus {
  #connection: NatsConnection | undefined;
  #jetstream: JetStreamClient | undefined;
  #manager: JetStreamManager | undefined;
  readonly #subscriptions: Array<{ subject: string; onHint: OnHint }> = [];
  readonly #listeners = new Set<(connected: boolean) => void>();
  #connected = false;
  #closed = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly url: string,
    private readonly certificates: CertificateFiles | undefined,
    private readonly log: Logger,
    /** Of a process that deals with events; one that only gives hints leaves the stream alone. */
    readonly retention?: EventRetention,
  ) {
    void this.#connect();
  }

  /** Listens for hints, now and after every reconnect. Hints of this process itself do not come back to it. */
  subscribe(subject: string, onHint: OnHint): void {
    this.#subscriptions.push({ subject, onHint });
    if (this.#connection) this.#listen(this.#connection, subject, onHint);
  }

  /** Tells whoever listens elsewhere. Nobody may. */
  hint(subject: string): void {
    if (this.#connected) this.#connection?.publish(subject);
  }

  /** Tells whoever `hear`s the subject, with some words. Nobody may, and they may be lost. */
  tell(subject: string, body: string): void {
    if (this.#connected) this.#connection?.publish(subject, body);
  }

  /** Hears what is told, now and after every reconnect. */
  hear(subject: string, then: (body: string) => void): void {
    this.subscribe(subject, (_subject, body) => then(body()));
  }

  /** Publishes durably; resolves when the stream has it. The same id again is one message (see EventRetention). */
  async publish(subject: string, id: string, body: string): Promise<void> {
    const { jetstream } = this.stream();
    passing('before publish');
    await jetstream.publish(subject, body, { msgID: id, timeout: PUBLISH_TIMEOUT_MS });
    passing('after publish');
  }

  connected(): boolean {
    return this.#connected;
  }

  /** Calls back whenever NATS goes away or comes back. Answers with how to stop that. */
  onConnection(listener: (connected: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** For readers of the stream. UNAVAILABLE while NATS is away. */
  stream(): { jetstream: JetStreamClient; manager: JetStreamManager } {
    if (!this.#connected || !this.#jetstream || !this.#manager)
      throw commonErrors.UNAVAILABLE({ what: 'The event stream' });
    return { jetstream: this.#jetstream, manager: this.#manager };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#connected = false;
    clearTimeout(this.#retry);
    await this.#connection?.close();
  }

  async #connect(): Promise<void> {
    let connection: NatsConnection | undefined;
    try {
      const files = this.certificates;
      connection = await connect({
        servers: this.url,
        maxReconnectAttempts: -1,
        reconnectTimeWait: 500,
        timeout: 3_000,
        // One that hangs keeps its connection open: after two pings without an answer it counts as away.
        pingInterval: 4_000,
        maxPingOut: 2,
        noEcho: true,
        noAsyncTraces: true, // an error object a request is a good part of what a publication costs
        ...(files ? { tls: { caFile: files.caFile, certFile: files.certFile, keyFile: files.keyFile } } : {}),
      });
      if (this.#closed) return await connection.close();
      this.#manager = await connection.jetstreamManager();
      if (this.retention) await ensureStream(this.#manager, this.retention);
      this.#connection = connection;
      this.#jetstream = connection.jetstream();
      for (const { subject, onHint } of this.#subscriptions) this.#listen(connection, subject, onHint);
      this.#tell(true);
      void this.#follow(connection);
    } catch (err) {
      this.log.warn({ err }, 'NATS is away; events wait in the outbox');
      await connection?.close().catch(() => undefined); // it broke
      if (!this.#closed) this.#retry = setTimeout(() => void this.#connect(), 2_000);
    }
  }

  async #follow(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === Events.Disconnect) this.#tell(false);
      // A server that lost its disk has lost the stream, too.
      if (type === Events.Reconnect && this.#manager)
        await (this.retention ? ensureStream(this.#manager, this.retention) : Promise.resolve()).then(
          () => this.#tell(true),
          (err: unknown) => {
            this.log.warn({ err }, 'NATS is back, but its JetStream does not answer yet');
            void connection.reconnect().catch(() => undefined); // closed meanwhile
          },
        );
    }
  }

  #tell(connected: boolean): void {
    if (this.#connected === connected || this.#closed) return;
    this.#connected = connected;
    this.log.info({ connected }, 'NATS');
    for (const listener of this.#listeners) listener(connected);
  }

  #listen(connection: NatsConnection, subject: string, onHint: OnHint): void {
    connection.subscribe(subject, {
      callback: (err, message) => {
        if (!err) onHint(message.subject, () => message.string());
      },
    });
  }
}

/** A consumer that was away longer than events are kept reads the resources themselves. */
async function ensureStream(
  manager: JetStreamManager,
  { hours, mib, dedupSeconds }: EventRetention,
): Promise<void> {
  const wanted = {
    max_age: hours * 3600 * 1e9,
    max_bytes: mib * 2 ** 20,
    duplicate_window: dedupSeconds * 1e9,
  };
  const there = await manager.streams.info(STREAM).catch(() => undefined);
  if (!there) await manager.streams.add({ name: STREAM, subjects: ['events.>'], ...wanted });
  else if (Object.entries(wanted).some(([k, v]) => there.config[k as keyof typeof wanted] !== v))
    await manager.streams.update(STREAM, wanted);
}
