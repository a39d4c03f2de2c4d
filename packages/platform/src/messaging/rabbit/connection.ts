import { connect, type Channel, type ChannelModel } from 'amqplib';
import { callWithTimeout } from '../../resilience/index.ts';

/** One connection to RabbitMQ, from its opening to its end. */
export interface Connection {
  readonly model: ChannelModel;
  /** Aborted once the connection is lost or given up; the reason says why. */
  readonly ended: AbortSignal;
  /** Gives it up without a word to the broker, which may not be listening. */
  readonly cut: (reason: unknown) => void;
}

export interface OpenedConnection<Session> {
  /** What `prepare` made of it; rejects when that was not possible in time, and nothing is left open then. */
  readonly session: Promise<Session>;
  readonly ended: AbortSignal;
  /** Never rejects, and leaves nothing open either. */
  close(): Promise<void>;
}

export interface OpenConnectionOptions<Session> {
  readonly url: string;
  readonly connectTimeoutMs: number;
  readonly closeTimeoutMs: number;
  /** Sets up channels, within the time of connecting. */
  readonly prepare: (connection: Connection) => Promise<Session>;
}

/** Opens one connection; its socket is destroyed with it, also when the broker is frozen and never says goodbye. */
export function openConnection<Session>(options: OpenConnectionOptions<Session>): OpenedConnection<Session> {
  const { url, prepare, connectTimeoutMs, closeTimeoutMs } = options;
  const end = new AbortController();
  const cut = (reason: unknown): void => {
    end.abort(reason);
  };
  let model: ChannelModel | undefined;

  async function open(late: AbortSignal): Promise<Session> {
    late.addEventListener('abort', () => {
      cut(late.reason);
    });
    const socket = { noDelay: true, keepAlive: true, signal: end.signal };
    model = await connect(url, socket);
    model.on('error', cut).on('close', cut);
    return await prepare({ model, ended: end.signal, cut });
  }

  return {
    session: callWithTimeout(open, connectTimeoutMs).catch((error: unknown) => {
      cut(error);
      throw error;
    }),
    ended: end.signal,
    async close() {
      await callWithTimeout(async () => await model?.close(), closeTimeoutMs).catch(() => undefined);
      cut(new Error('Closed by us'));
    },
  };
}

/** A channel's end is its connection's: both are made anew together. */
export function tieTo({ cut }: Connection, channel: Channel): void {
  channel.on('error', cut);
  channel.on('close', () => {
    cut(new Error('RabbitMQ closed the channel'));
  });
}
