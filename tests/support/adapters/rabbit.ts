import { createRabbitBroker } from '@supergraph/platform/messaging';

import { aMessage } from '../remote-questions.ts';
import { gaveUp, goesOn, ignore, never, type Adapter } from './adapter.ts';

export const broker: Adapter = {
  name: 'RabbitMQ',
  places: [
    'packages/platform/src/messaging/rabbit-broker.ts openConnection',
    'packages/platform/src/messaging/rabbit/connection.ts amqplib',
    'subgraphs/billing/src/messages/open-messages.ts createRabbitBroker',
    'subgraphs/product/src/messages/open-messages.ts createRabbitBroker',
  ],
  addresses: ['billing AMQP_URL', 'product AMQP_URL'],
  attempts: [
    {
      name: 'a message for RabbitMQ',
      withinMs: 400,
      async attempt(port) {
        const rabbit = rabbitAt(port);
        const tookMs = await gaveUp(() => rabbit.publish(aMessage(), never));
        await rabbit.close();
        return tookMs;
      },
    },
    {
      name: 'the start and the end of listening to RabbitMQ',
      withinMs: 3 * 400,
      async attempt(port) {
        const rabbit = rabbitAt(port);
        const startAndEnd = async () => {
          await rabbit.start();
          await rabbit.close();
        };
        return await goesOn(startAndEnd, () => true);
      },
    },
  ],
};

const rabbitAt = (port: number) =>
  createRabbitBroker({
    url: `amqp://nobody:nothing@127.0.0.1:${port}`,
    subscriptions: [],
    events: { connected: ignore, disconnected: ignore, unreadable: ignore, acceptFailed: ignore },
    random: () => 0,
    connectTimeoutMs: 400,
    publishTimeoutMs: 400,
    closeTimeoutMs: 400,
  });
