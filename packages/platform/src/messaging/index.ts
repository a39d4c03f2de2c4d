export type { Broker, Subscription } from './broker.ts';
export type { InboxStore } from './inbox-store.ts';
export type { Message } from './message.ts';
