import {
  buildClientSchema,
  getIntrospectionQuery,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isScalarType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  type IntrospectionQuery,
} from 'graphql';

import { z } from 'zod';

import type { Attack } from '../kit/attack.ts';
import { json } from '../kit/send.ts';
import { textAt, valueAt, type Heard, type Trial } from '../kit/trial.ts';
import type { Target } from '../kit/target.ts';

/** An id that belongs to testuser01, and one of the same shape that belongs to nobody. */
interface Pair {
  readonly theirs: string;
  readonly nobodys: string;
}

const letters = '0123456789abcdef';
/** Another id of the same looks: whoever refuses ids by these must not be taken for careless. */
const nobodysLike = (id: string): string =>
  id.replace(/[0-9a-f](?=[^0-9a-f]*$)/i, (last) => letters[(letters.indexOf(last.toLowerCase()) + 7) % 16] ?? '0');

const sayings = ['NOT_FOUND', 'ORDER_NOT_FOUND', 'SESSION_NOT_FOUND', 'FORBIDDEN', 'GRAPHQL_VALIDATION_FAILED'];
/** The catalogue is looked at now and then, whoever asks. */
const mostCalls = 3;

const introspectionSchema = z.object({
  data: z.custom<IntrospectionQuery>((data) => valueAt(data, '__schema') !== undefined),
});

async function readSchema(target: Target): Promise<GraphQLSchema> {
  const { access } = await target.logIn('developer01');
  const { text } = await target.send({
    headers: { ...json, authorization: `Bearer ${access}` },
    body: JSON.stringify({ query: getIntrospectionQuery() }),
  });
  const { data } = introspectionSchema.parse(JSON.parse(text));
  return buildClientSchema(data);
}

const isId = (type: GraphQLInputType): boolean => getNamedType(type).name === 'ID';

/** Whether an id is given to a field, itself or within an input. */
const takesId = ({ type }: GraphQLArgument): boolean => {
  const named = getNamedType(type);
  return isId(type) || (isInputObjectType(named) && Object.values(named.getFields()).some((field) => isId(field.type)));
};

/** A value of a type with an id wherever one belongs. */
function valueOf(type: GraphQLInputType, id: string): unknown {
  if (isNonNullType(type)) return valueOf(type.ofType, id);
  if (isListType(type)) return [valueOf(type.ofType, id)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isInputObjectType(type)) {
    const needed = Object.values(type.getFields()).filter(
      (field) => isNonNullType(field.type) && field.defaultValue === undefined,
    );
    return Object.fromEntries(needed.map((field) => [field.name, valueOf(field.type, id)]));
  }
  if (!isScalarType(type)) return null;
  return type.name === 'ID' ? id : type.name === 'Int' ? 1 : type.name === 'Boolean' ? true : 'attack-text';
}

/** An operation that gives the id to the field and asks back only what kind of thing came. */
function operationOf(kind: 'query' | 'mutation', field: GraphQLField<unknown, unknown>): string {
  const given = field.args.filter((argument) => isNonNullType(argument.type) || takesId(argument));
  const variables = given.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
  const passed = given.map(({ name }) => `${name}: $${name}`).join(', ');
  const selection = isCompositeType(getNamedType(field.type)) ? ' { __typename ... on UserError { code } }' : '';
  const named = getNamedType(field.type);
  const plain = isCompositeType(named) && 'getFields' in named ? ' { __typename }' : selection;
  return `${kind} Probe(${variables}) { ${field.name}(${passed})${plain} }`;
}

const answerOf = ({ text, status }: Heard): string =>
  `${status} ${text.replaceAll(/"traceId":"[^"]*"/g, '').replaceAll(/"(current|checked)At":"[^"]*"/g, '')}`;

async function probe(
  trial: Trial,
  token: string,
  probe: { readonly operation: string; readonly field: GraphQLField<unknown, unknown>; readonly id: string },
): Promise<Heard> {
  const variables = Object.fromEntries(probe.field.args.map(({ name, type }) => [name, valueOf(type, probe.id)]));
  return await trial.ask(probe.operation, { token, variables });
}

async function idsOf(target: Target, trial: Trial): Promise<readonly Pair[]> {
  const { access: token } = await target.logIn('testuser01');
  const { data } = await trial.ask(
    '{ me { id sessions { id } customer { id lines { id currentProduct { id } bill { ... on CustomerBill { id } } } } } }',
    { token },
  );
  const lineId = textAt(data, 'me', 'customer', 'lines', 0, 'id');
  const inquiry = await trial.ask(
    'mutation ($input: CreateBillInquiryInput!) { createBillInquiry(input: $input) { ... on BillInquiry { id } } }',
    { token, variables: { input: { lineId } } },
  );
  const order = await trial.ask(
    'mutation ($input: CreateProductOrderInput!) { createProductOrder(input: $input) { ... on ProductOrder { id } } }',
    { token, variables: { input: { lineId, productOfferingId: '5G-STANDARD-001', externalId: 'attack-ownership' } } },
  );
  const found = [
    lineId,
    valueAt(data, 'me', 'id'),
    valueAt(data, 'me', 'customer', 'id'),
    valueAt(data, 'me', 'sessions', 0, 'id'),
    valueAt(data, 'me', 'customer', 'lines', 0, 'currentProduct', 'id'),
    valueAt(data, 'me', 'customer', 'lines', 0, 'bill', 'id'),
    valueAt(inquiry.data, 'createBillInquiry', 'id'),
    valueAt(order.data, 'createProductOrder', 'id'),
  ];
  return found.filter((id) => typeof id === 'string').map((theirs) => ({ theirs, nobodys: nobodysLike(theirs) }));
}

export const attack: Attack = {
  threat: 'T5',
  title: 'Whatever id is asked about, another’s is answered like nobody’s',
  async run(target, trial) {
    const schema = await readSchema(target);
    const ids = await idsOf(target, trial);
    const { access: stranger } = await target.logIn('testuser03');
    const fields = (['query', 'mutation'] as const).flatMap((kind) => {
      const type = kind === 'query' ? schema.getQueryType() : schema.getMutationType();
      return (
        Object.values(type?.getFields() ?? {})
          .filter(({ args }) => args.some(takesId))
          // what is on sale is everybody's
          .filter(({ name }) => name !== 'productOffering')
          .map((field) => ({ field, operation: operationOf(kind, field) }))
      );
    });
    let questions = 0;
    await trial.ask('{ me { customer { lines { id } } } billInquiryMenu { lines { id } } }', { token: stranger });
    const callsBefore = (await target.kos?.callsInAll()) ?? 0;
    for (const { field, operation } of fields) {
      for (const { theirs, nobodys } of ids) {
        const heard = await probe(trial, stranger, { field, operation, id: theirs });
        const nothing = await probe(trial, stranger, { field, operation, id: nobodys });
        const isSame = answerOf(heard).replaceAll(theirs, '') === answerOf(nothing).replaceAll(nobodys, '');
        trial.holds(
          isSame,
          `${field.name} tells ${theirs.slice(0, 4)}… from nothing: ${heard.text.slice(0, 100)} – ${nothing.text.slice(0, 100)}`,
        );
        const isRefused = sayings.some((code) => heard.text.includes(code)) || /NotFound|:null/.test(heard.text);
        trial.holds(isRefused, `${field.name} answers for ${theirs.slice(0, 4)}…: ${heard.text.slice(0, 120)}`);
        questions += 1;
      }
      const variables = Object.fromEntries(
        field.args.map(({ name, type }) => [name, valueOf(type, ids[0]?.theirs ?? '')]),
      );
      const anonymous = await trial.ask(operation, { variables });
      trial.refused(`${field.name} for nobody`, anonymous, 'UNAUTHENTICATED', 'GRAPHQL_VALIDATION_FAILED');
    }
    const calls = ((await target.kos?.callsInAll()) ?? 0) - callsBefore;
    trial.holds(calls <= mostCalls, `ids of others made us call KOS ${calls} times`);
    trial.holds(fields.length >= 5 && ids.length >= 6, `only ${fields.length} fields and ${ids.length} ids were found`);
    return `${fields.length} fields of the introspected schema that take an id, ${ids.length} ids of another customer and as many of nobody: ${questions * 2} questions, ${calls} calls of KOS`;
  },
};
