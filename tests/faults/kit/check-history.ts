import { isStale, type Ending, type Turn } from './history.ts';
import type { Findings } from './findings.ts';
import type { Stack } from './stack.ts';

type Fault = 'lost' | 'duplicated' | 'wrong' | 'falselyFailed' | 'unsettled';

type OrderRow = {
  readonly id: string;
  readonly key: string;
  readonly lineId: string;
  readonly state: string;
  readonly isKeyHeld: boolean;
};

type Answered = Turn & { readonly end: Ending };

const settledStates: ReadonlySet<string> = new Set(['COMPLETED', 'REJECTED', 'FAILED']);
const isAnswered = (turn: Turn): turn is Answered => turn.end?.kind === 'answered';

/** Compares what was asked and told with our database, KOS's books and those of the MVNO AP server. */
export async function checkHistory(stack: Stack): Promise<Findings> {
  const found: [Fault, string][] = [];
  const report = (fault: Fault, problem: string): void => void found.push([fault, problem]);
  const { turns } = stack.history;

  checkOrders(stack, await readOrders(stack), report);
  const answered = turns.filter(isAnswered);
  for (const turn of answered.filter(({ end }) => !isStale(end.data))) {
    if (turn.what === 'bill') checkBill(stack, turn, report);
    if (turn.what === 'product') checkProduct(turn, turns, report);
  }
  for (const { what, end } of turns) {
    if (end !== null && end.leak !== null) report('wrong', `an answer to ${what} shows what is inside: ${end.leak}`);
  }

  const count = (fault: Fault): number => found.filter(([which]) => which === fault).length;
  return {
    requests: turns.length,
    lost: count('lost'),
    duplicated: count('duplicated'),
    wrong: count('wrong'),
    falselyFailed: count('falselyFailed'),
    unsettled: count('unsettled'),
    problems: found.map(([fault, problem]) => `${fault}: ${problem}`),
  };
}

type ReportFault = (fault: Fault, problem: string) => void;

const readOrders = (stack: Stack): Promise<readonly OrderRow[]> =>
  stack.query<OrderRow>(
    'product',
    `SELECT id, external_id AS key, line_id AS "lineId", state::text AS state, is_key_held AS "isKeyHeld"
       FROM product_order`,
  );

function checkOrders(stack: Stack, rows: readonly OrderRow[], report: ReportFault): void {
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  const acceptedAtKos = new Map(
    stack.kos
      .changes()
      .filter((change) => change.resultCode === '0000')
      .map((change) => [change.transactionId, change]),
  );
  const told = groupBy(stack.mvnoAp.results({ type: 'product-change' }).results, ({ body }) =>
    String(body['productOrderId']),
  );

  for (const { id, state } of rows) {
    const isAtKos = acceptedAtKos.has(id);
    const isKnownAsFailed = state === 'FAILED' || state === 'REJECTED';
    if (!settledStates.has(state)) report('unsettled', `the order ${id} is still ${state}`);
    if (state === 'COMPLETED' && !isAtKos) report('lost', `KOS does not know the completed order ${id}`);
    if (isKnownAsFailed && isAtKos) report('falselyFailed', `KOS carried out the order ${id}, which is ${state} here`);
    const events = told.get(id)?.length ?? 0;
    if (settledStates.has(state) && events === 0) report('lost', `the MVNO AP never heard of the order ${id}`);
    if (events > 1) report('duplicated', `the MVNO AP heard ${events} results of the order ${id}`);
  }
  for (const id of acceptedAtKos.keys())
    if (!rowOf.has(id)) report('duplicated', `KOS has ${id}, which nobody ordered`);
  checkKeys(rows, new Set(acceptedAtKos.keys()), report);
  for (const turn of stack.history.turns.filter(isAnswered)) checkAcknowledged(turn, { rowOf, acceptedAtKos }, report);
}

/** One key, one wish: it may name several orders only while all but one were certainly never sent. */
function checkKeys(rows: readonly OrderRow[], atKos: ReadonlySet<string>, report: ReportFault): void {
  for (const [key, orders] of groupBy(rows, (row) => row.key)) {
    if (orders.filter((order) => order.isKeyHeld).length > 1) report('duplicated', `the key ${key} has several orders`);
    if (orders.filter((order) => atKos.has(order.id)).length > 1) report('duplicated', `KOS carried ${key} out twice`);
  }
}

function checkAcknowledged(
  turn: Answered,
  by: { readonly rowOf: ReadonlyMap<string, OrderRow>; readonly acceptedAtKos: ReadonlyMap<string, unknown> },
  report: ReportFault,
): void {
  const id = turn.end.data?.['id'];
  if ((turn.what !== 'change' && turn.what !== 'order') || id === undefined) return;
  const row = by.rowOf.get(id);
  const state = String(turn.end.data?.['state']);
  if (row === undefined) report('lost', `the acknowledged order ${id} is not in our database`);
  else if (settledStates.has(state) && row.state !== state)
    report('wrong', `${id} was told ${state}, and is ${row.state}`);
  if ((state === 'FAILED' || state === 'REJECTED') && by.acceptedAtKos.has(id))
    report('falselyFailed', `the customer was told that ${id} is ${state}, and KOS carried it out`);
}

function checkBill({ kos }: Stack, { customer, about, end }: Answered, report: ReportFault): void {
  const month = about['month'] ?? '';
  const bill = kos.billOf(customer.lineNumber, month.replace('-', ''));
  const told = end.data;
  if (end.code === 'BILL_NOT_ISSUED' ? bill === null : bill?.isClosed === false) return;
  const isTrue =
    bill !== null &&
    String(told?.['amountDue']?.['value']) === String(bill.charge) &&
    told?.['productName'] === bill.productName &&
    told['items']?.length === bill.items.length;
  if (!isTrue) report('wrong', `the bill of ${customer.loginId} for ${month} is not what KOS says`);
}

/** The plan of the last change known as done before the question, or of one that was under way beside it. */
function checkProduct(read: Answered, turns: readonly Turn[], report: ReportFault): void {
  const told = read.end.data?.['productCode'] ?? '';
  const wishes = turns.filter((turn) => turn.what === 'change' && turn.customer === read.customer);
  const orders = new Map(
    wishes.flatMap(({ about, end }) => (end?.data?.['id'] ? [[end.data['id'], about['to']]] : [])),
  );
  const completed = turns
    .filter((turn) => turn.customer === read.customer && turn.end?.data?.['state'] === 'COMPLETED')
    .filter((turn) => (turn.end?.at ?? Infinity) <= read.askedAt);
  const last = completed.at(-1)?.end?.data?.['id'];
  const known = (last === undefined ? undefined : orders.get(last)) ?? read.customer.productCode;
  const doneBefore = new Set(completed.map((turn) => turn.end?.data?.['id']));
  const underWay = wishes.filter(
    ({ askedAt, end }) => askedAt < read.end.at && !doneBefore.has(end?.data?.['id'] ?? undefined),
  );
  if (told !== known && !underWay.some(({ about }) => about['to'] === told))
    report('wrong', `${read.customer.loginId} was shown ${told} as current, after a change to ${known}`);
}

function groupBy<T>(all: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}
