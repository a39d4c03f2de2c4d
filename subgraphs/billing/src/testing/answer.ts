import { z } from 'zod';

const problem = z.object({
  message: z.string(),
  path: z.array(z.union([z.string(), z.number()])).optional(),
  extensions: z.object({
    code: z.string(),
    retryable: z.boolean(),
    retryAfterMs: z.number().optional(),
    field: z.string().optional(),
  }),
});

const answerSchema = z.object({
  data: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((data) => data ?? {}),
  errors: z.array(problem).default([]),
});

/** What a GraphQL request came to. */
export type Answer = z.output<typeof answerSchema>;

export const readAnswer = (body: unknown): Answer => answerSchema.parse(body);

/** The data as the schema has it; whatever is wrong with the request is told. */
function read<T>(schema: z.ZodType<T>, { data, errors }: Answer): T {
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return schema.parse(data);
}

const entitiesSchema = z.object({ _entities: z.array(z.record(z.string(), z.unknown()).nullable()) });

/** The one entity that was asked for. */
export const entityIn = (answer: Answer): Readonly<Record<string, unknown>> | null =>
  read(entitiesSchema, answer)._entities[0] ?? null;

const inquirySchema = z.looseObject({ id: z.string(), state: z.string() });
const created = z.object({ createBillInquiry: inquirySchema });
const asked = z.object({ billInquiry: inquirySchema });

export type InquiryAnswer = z.output<typeof inquirySchema>;

export const createdInquiryIn = (answer: Answer): InquiryAnswer => read(created, answer).createBillInquiry;
export const inquiryIn = (answer: Answer): InquiryAnswer => read(asked, answer).billInquiry;

const connection = z.object({
  totalCount: z.number(),
  pageInfo: z.object({
    hasNextPage: z.boolean(),
    hasPreviousPage: z.boolean(),
    startCursor: z.string().nullable(),
    endCursor: z.string().nullable(),
  }),
  edges: z.array(z.looseObject({ cursor: z.string() })),
});

/** A page of whatever connection the entity carries. */
export const pageIn = (answer: Answer, field: string) => connection.parse(entityIn(answer)?.[field]);

const identified = z.looseObject({ id: z.string() });
const refusal = z.looseObject({ code: z.string(), retryAfterMs: z.number() });
const won = z.looseObject({ value: z.string().transform(Number) });
const billAmounts = z.object({ amountDue: won, items: z.array(z.looseObject({ amount: won })) });

export const idOf = (value: unknown): string => identified.parse(value).id;
export const refusalIn = (value: unknown) => refusal.parse(value);

/** What is due on a bill, and its items, in won. */
export function amountsOn(bill: unknown) {
  const { amountDue, items } = billAmounts.parse(bill);
  return { dueWon: amountDue.value, itemsWon: items.map(({ amount }) => amount.value) };
}
