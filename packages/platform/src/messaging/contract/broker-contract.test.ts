import { afterAll, beforeAll, describe } from '@jest/globals';
import { aTestRabbit } from '@supergraph/database/testing';
import { createLocalBroker, createRabbitBroker } from '../index.ts';
import { describeBrokerContract } from './index.ts';

describeBrokerContract('within one process', createLocalBroker);

describe('over RabbitMQ', () => {
  let server: Awaited<ReturnType<typeof aTestRabbit>>;
  beforeAll(async () => {
    server = await aTestRabbit();
  });
  afterAll(async () => {
    await server.stop();
  });

  describeBrokerContract('RabbitMQ', ({ exchange, subscriptions }) =>
    createRabbitBroker({
      url: server.url,
      exchange,
      subscriptions,
      random: () => 0.5,
      events: {
        connected: () => undefined,
        disconnected: () => undefined,
        unreadable: () => undefined,
        acceptFailed: () => undefined,
      },
      acceptRetry: { firstMs: 10, maxMs: 50 },
    }),
  );
});
