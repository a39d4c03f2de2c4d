import { randomUUID } from 'node:crypto';

import type { Json } from '../../support/graphql-client.ts';
import { plans, type Customer } from './customers.ts';
import type { Ending, History, Reply, What } from './history.ts';
import { operations } from './operations.ts';

/** A front end in the hands of one customer. Nothing of it throws: everything is an answer, a failure, or unclear. */
export interface Client {
  readonly customer: Customer;
  logIn(): Promise<Reply>;
  /** The bill of a closed month, YYYY-MM; last month's when left out. */
  readBill(month?: string): Promise<Reply>;
  /** The plan the line is on. */
  readProduct(): Promise<Reply>;
  /** Orders a change of plan; `key` is the client's own, kept for retries. */
  changePlan(wish?: { readonly to?: string; readonly key?: string }): Promise<Reply>;
  readOrder(id: string): Promise<Reply>;
  /** Orders a change and keeps at it, with one key, until it is settled; answers with the last that was heard. */
  changePlanUntilSettled(wish?: { readonly to?: string; readonly withinMs?: number }): Promise<Reply>;
  /** Any operation with one field; counted and looked through for leaks, and not checked further. */
  ask(query: string, variables?: Readonly<Record<string, string>>): Promise<Reply>;
}

/** Error texts must not show what is inside. */
const leak = /127\.0|http:|at \/|prisma|select /i;
const settledStates: ReadonlySet<unknown> = new Set(['COMPLETED', 'REJECTED', 'FAILED']);
/** Longer than anything we promise: what takes so long has failed. */
const patienceMs = 20_000;
const retryMs = 200;

/** A month of Seoul, so many before this one. */
export function monthBefore(count: number, now = new Date()): string {
  const seoul = new Date(now.getTime() + 9 * 3_600_000);
  return new Date(Date.UTC(seoul.getUTCFullYear(), seoul.getUTCMonth() - count, 1)).toISOString().slice(0, 7);
}

/** Makes a front end that is not signed in yet. */
export function createClient(of: {
  readonly gatewayUrl: string;
  readonly customer: Customer;
  readonly history: History;
}): Client {
  const { gatewayUrl, customer, history } = of;
  let token: string | null = null;
  let nextPlan = plans.findIndex((plan) => plan === customer.productCode);

  async function send(query: string, variables: unknown): Promise<{ status: number; text: string }> {
    const response = await fetch(`${gatewayUrl}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token !== null && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(patienceMs),
    });
    return { status: response.status, text: await response.text() };
  }

  async function ask(question: {
    readonly what: What;
    readonly about: Readonly<Record<string, string>>;
    readonly query: string;
    readonly variables: unknown;
  }): Promise<Reply> {
    const { what, about, query, variables } = question;
    const end = history.ask({ what, customer, about });
    try {
      const { status, text } = await send(query, variables);
      return end({ ...endingOf(what, status, text), leak: leak.test(text) ? text : null });
    } catch {
      return end({ kind: 'unclear', status: null, code: null, data: null, leak: null });
    }
  }

  const client: Client = {
    customer,
    async logIn() {
      const { loginId, password } = customer;
      const reply = await ask({
        what: 'log in',
        about: {},
        query: operations.logIn,
        variables: { input: { loginId, password } },
      });
      token = reply.data?.['tokens']?.['accessToken'] ?? token;
      return reply;
    },
    readBill: (month = monthBefore(1)) =>
      ask({ what: 'bill', about: { month }, query: operations.bill, variables: { line: customer.lineId, month } }),
    readProduct: () =>
      ask({ what: 'product', about: {}, query: operations.product, variables: { line: customer.lineId } }),
    changePlan({ to = plans[(nextPlan += 1) % plans.length] ?? plans[0], key = randomUUID() } = {}) {
      const input = { externalId: key, lineId: customer.lineId, productOfferingId: to };
      return ask({ what: 'change', about: { key, to }, query: operations.change, variables: { input } });
    },
    readOrder: (id) => ask({ what: 'order', about: { id }, query: operations.order, variables: { id } }),
    async changePlanUntilSettled({ to, withinMs = 30_000 } = {}) {
      const wish = { key: randomUUID(), to: to ?? plans[(nextPlan += 1) % plans.length] ?? plans[0] };
      const deadline = performance.now() + withinMs;
      let reply = await client.changePlan(wish);
      while (!isSettled(reply) && performance.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, retryMs));
        const id = reply.data?.['id'];
        reply = id === undefined ? await client.changePlan(wish) : keepId(await client.readOrder(id), reply);
      }
      return reply;
    },
    ask: (query, variables = {}) => ask({ what: 'other', about: variables, query, variables }),
  };
  return client;
}

/** Settled either way, or refused for a reason that asking again does not change. */
const isSettled = ({ kind, code, data }: Reply): boolean =>
  kind === 'answered' ? settledStates.has(data?.['state']) : kind === 'failed' && code === 'PLAN_CHANGE_NOT_ALLOWED';

/** While an order cannot be read it is still known. */
const keepId = (reply: Reply, before: Reply): Reply => (reply.data === null ? { ...reply, data: before.data } : reply);

function endingOf(what: What, status: number, text: string): Omit<Ending, 'at' | 'leak'> {
  const body = readJson(text);
  const problem = body?.['errors']?.[0];
  const found = fieldOf(body?.['data'] ?? null, what);
  if (problem !== undefined || found === null) {
    // Whoever is told that a change went wrong cannot know how far it came.
    const kind = what === 'change' ? 'unclear' : 'failed';
    return { kind, status, code: problem?.['extensions']?.['code'] ?? 'NO_DATA', data: null };
  }
  const code = found['code'] ?? null;
  const isRefused = code !== null && code !== 'BILL_NOT_ISSUED';
  return { kind: isRefused ? 'failed' : 'answered', status, code, data: found };
}

function readJson(text: string): Json | null {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

/** The one field of the operation; for fields of a line, the one below it. */
function fieldOf(data: Json | null, what: What): Json | null {
  const [value] = data === null ? [] : Object.values(data);
  if (what !== 'bill' && what !== 'product') return value ?? null;
  return (value ?? null) && (value?.['bill'] ?? value?.['currentProduct'] ?? null);
}
