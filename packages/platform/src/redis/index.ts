export { listenToChannel } from './channel.ts';
export type { ChannelListener, ListeningToChannel } from './channel.ts';
