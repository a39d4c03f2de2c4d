import { isExplained, table } from './backup/command.ts';
import { withDatabases } from './backup/find-databases.ts';
import { withConnection } from './maintenance-connection.ts';
import { CommandMisread, readCommand, usage, type Command } from './messages/read-command.ts';
import { giveUp, listSetAside, putBack } from './messages/set-aside-messages.ts';

// npm run messages: messages that were set aside because whom they concern refused them, or broke on them, five times.
// Ends with 0 when it did what was asked, 1 when it could not, 2 when it did not understand.

interface Address {
  readonly name: string;
  readonly url: string;
}

process.exitCode = await run(process.argv.slice(2));

async function run(words: readonly string[]): Promise<number> {
  try {
    const command = readCommand(words);
    const wish = { environment: process.env, only: command.databases, mayMake: false, say: console.error };
    const isDone = await withDatabases(wish, (databases) => carryOut(command, databases));
    return isDone ? 0 : 1;
  } catch (error) {
    if (error instanceof CommandMisread) {
      console.error(`${error.message}\n\n${usage}`);
      return 2;
    }
    console.error(isExplained(error) ? error.message : error);
    return 1;
  }
}

async function carryOut(command: Command, databases: readonly Address[]): Promise<boolean> {
  switch (command.kind) {
    case 'list':
      for (const database of databases) await list(database);
      return true;
    case 'retry':
      return await change(command.choice.id, databases, async (url) => {
        const consumers = await withConnection(url, (client) => putBack(client, command.choice));
        return consumers.map((consumer) => `will be tried again for ${consumer}`);
      });
    case 'drop':
      return await change(command.choice.id, databases, async (url) => {
        const consumers = await withConnection(url, (client) => giveUp(client, command.choice, command.reason));
        return consumers.map((consumer) => `is given up for ${consumer}`);
      });
  }
}

async function list({ name, url }: Address): Promise<void> {
  const messages = await withConnection(url, listSetAside);
  if (messages.length === 0) {
    console.log(`${name}: no message is set aside.`);
    return;
  }
  const rows = messages.map(({ id, topic, consumer, since, tries, reason }) => [
    id,
    topic,
    consumer,
    since.toISOString(),
    String(tries),
    onOneLine(reason),
  ]);
  console.log(`${name}:\n${table([['id', 'topic', 'consumer', 'since', 'tries', 'reason'], ...rows])}`);
}

async function change(
  id: string,
  databases: readonly Address[],
  changeIn: (url: string) => Promise<readonly string[]>,
): Promise<boolean> {
  let isFound = false;
  for (const { name, url } of databases) {
    for (const what of await changeIn(url)) {
      isFound = true;
      console.log(`${name}: ${id} ${what}.`);
    }
  }
  if (!isFound) {
    console.error(`No message ${id} is set aside in ${databases.map(({ name }) => name).join(' or ')}.`);
  }
  return isFound;
}

function onOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, 120);
}
