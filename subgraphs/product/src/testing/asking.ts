import { z } from 'zod';

import type { Answer } from './answer.ts';
import type { Asking, ProductGraph } from './a-product-graph.ts';

const fields = z.looseObject({ __typename: z.string() });

/** One field of an answer that must have come without errors. */
export function fieldOf(answer: Answer, name: string): Readonly<Record<string, unknown>> {
  if (answer.errors.length > 0) throw new Error(`answered with errors: ${JSON.stringify(answer.errors)}`);
  return z.looseObject({}).parse(answer.data[name]);
}

export interface Wish {
  readonly externalId: string;
  readonly lineId: string;
  readonly productOfferingId: string;
  readonly requestedStart?: 'IMMEDIATELY' | 'NEXT_MONTH';
  readonly expectedProductVersion?: number;
  readonly stepUpToken?: string;
}

export const orderFields = `
  id externalId state message pollAfterMs refusalReason productCodeBefore productCodeAfter creationDate effectiveDate
  completionDate kosCalls { requestedAt respondedAt resultCode isSuccess result }`;

const createProductOrder = `
  mutation ($input: CreateProductOrderInput!) {
    createProductOrder(input: $input) {
      __typename
      ... on UserError { code message }
      ... on ProductOrder { ${orderFields} line { id currentProduct { productCode version } } }
      ... on ProductChangeNotAllowed { checks { type isPassed message } }
      ... on StepUpRequired { challenge productCodeBefore productCodeAfter requestedStart monthlyFeeDifference { value } }
      ... on ProductVersionConflict { currentVersion }
      ... on ProductChangeInProgress { productOrder { ${orderFields} } }
      ... on BackendUnavailable { retryAfterMs }
    }
  }`;

export const askForChange = (product: ProductGraph, input: Wish, asking?: Asking): Promise<Answer> =>
  product.ask(createProductOrder, { input }, asking);

/** Orders a change; the answer must be one of the typed outcomes. */
export const orderChange = async (product: ProductGraph, input: Wish, asking?: Asking) =>
  fields.parse(fieldOf(await askForChange(product, input, asking), 'createProductOrder'));

const checkQualification = `
  mutation ($input: CheckProductOfferingQualificationInput!) {
    checkProductOfferingQualification(input: $input) {
      __typename
      ... on UserError { code message }
      ... on ProductOfferingQualification { result message checkedAt checks { type isPassed message } }
      ... on BackendUnavailable { retryAfterMs }
    }
  }`;

/** Asks for the three checks. */
export const checkChange = async (
  product: ProductGraph,
  input: { readonly lineId: string; readonly productOfferingId: string },
  asking?: Asking,
) =>
  fields.parse(fieldOf(await product.ask(checkQualification, { input }, asking), 'checkProductOfferingQualification'));

/** An order as its owner sees it; null for anybody else. */
export async function readOrder(product: ProductGraph, id: unknown, asking?: Asking) {
  const answer = await product.ask(`query ($id: ID!) { productOrder(id: $id) { ${orderFields} } }`, { id }, asking);
  return answer.data['productOrder'] === null ? null : fieldOf(answer, 'productOrder');
}

const entities = z.array(z.record(z.string(), z.unknown()).nullable());

/** Fields of one line; null when the line is not the caller's. */
export async function readLine(product: ProductGraph, lineId: string, query: string, asking?: Asking) {
  const answer = await product.entities([{ __typename: 'Line', id: lineId }], `... on Line { ${query} }`, asking);
  const [line = null] = entities.parse(answer.data['_entities'] ?? []);
  return { line, errors: answer.errors };
}

export interface Decision {
  readonly productOrderId: unknown;
  readonly outcome: 'COMPLETED' | 'REJECTED' | 'FAILED';
  readonly effectiveDate?: string;
  readonly refusalReason?: string;
  readonly evidence: string;
  readonly isKosSilenceAccepted?: boolean;
}

const settleProductOrder = `
  mutation ($input: SettleProductOrderInput!) {
    settleProductOrder(input: $input) {
      __typename
      ... on UserError { code message }
      ... on ProductOrder { ${orderFields} line { id } }
      ... on ProductOrderNotHeld { productOrder { id state } }
      ... on SettlementInvalid { field }
      ... on SettlementContradicted { outcomeAtKos effectiveDateAtKos refusalReasonAtKos }
      ... on BackendUnavailable { retryAfterMs }
    }
  }`;

export const askForSettlement = (product: ProductGraph, input: Decision, asking: Asking): Promise<Answer> =>
  product.ask(settleProductOrder, { input }, asking);

/** An operator decides about an order; the answer must be one of the typed outcomes. */
export const settleOrder = async (product: ProductGraph, input: Decision, asking: Asking) =>
  fields.parse(fieldOf(await askForSettlement(product, input, asking), 'settleProductOrder'));

const heldProductOrders = `
  query ($first: Int, $after: String) {
    heldProductOrders(first: $first, after: $after) {
      totalCount
      pageInfo { hasNextPage hasPreviousPage endCursor }
      edges { cursor node { lineId sentAt heldAt lookCount productOrder { ${orderFields} line { id } } } }
    }
  }`;

export const askForHeld = (
  product: ProductGraph,
  page: { readonly first: number; readonly after?: string },
  asking: Asking,
): Promise<Answer> => product.ask(heldProductOrders, page, asking);
