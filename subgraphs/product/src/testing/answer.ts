import { z } from 'zod';

const error = z.object({
  message: z.string(),
  path: z.array(z.union([z.string(), z.number()])).optional(),
  extensions: z.looseObject({
    code: z.string(),
    retryAfterMs: z.number().optional(),
    field: z.string().optional(),
  }),
});

const answer = z.object({
  data: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((data) => data ?? {}),
  errors: z.array(error).default([]),
});

/** What a subgraph answered; without data it is empty, without errors the list is. */
export type Answer = z.output<typeof answer>;

export const readAnswer = (body: unknown): Answer => answer.parse(body);
