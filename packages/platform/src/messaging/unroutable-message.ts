/** No queue is subscribed to the topic, so nobody has the message. */
export class UnroutableMessage extends Error {
  override readonly name = 'UnroutableMessage';

  constructor(topic: string) {
    super(`No queue is subscribed to ${topic}`);
  }
}
