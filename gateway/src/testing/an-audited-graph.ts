import { directivesIn } from '@supergraph/schema/directive-map';
import { buildSchema, Kind, parse, type OperationDefinitionNode } from 'graphql';

import { createOperationReader, type DeclaredSupergraph, type OperationFacts } from '../audit/operation-reader.ts';

const sdl = /* GraphQL */ `
  directive @audited(as: String!) on FIELD_DEFINITION
  interface UserError {
    code: String!
  }
  type Query {
    me: User @audited(as: "account.read")
    line(id: ID!): Line
    lines(ids: [ID!]): [Line]
    held(first: Int): HeldConnection @audited(as: "order.held.read")
    offering(id: ID!): Offering
    node(id: ID!): Node
  }
  type Mutation {
    login: LoginResult @audited(as: "login")
    change(input: ChangeInput!): ChangeResult! @audited(as: "plan.change")
  }
  interface Node {
    id: ID!
    secret: String
  }
  type User implements Node {
    id: ID!
    secret: String @audited(as: "secret.read")
    name: String
    lines: [Line!]
  }
  type Line {
    id: ID!
    number: String @audited(as: "line.read")
    bill(month: String): Bill @audited(as: "bill.read")
  }
  type Bill {
    id: ID!
    amount: Int
    offering: Offering
  }
  type Offering {
    id: ID!
    name: String
  }
  type HeldConnection {
    edges: [HeldEdge!]!
    nodes: [Order!]!
    totalCount: Int
  }
  type HeldEdge {
    node: Order!
  }
  type Order {
    id: ID!
    note: String!
    line: Line
    offering: Offering
  }
  type LoginResult {
    tokens: Tokens
  }
  type Tokens {
    accessToken: String
    refreshToken: String
  }
  input ChangeInput {
    lineId: ID!
    offeringId: ID!
    orderIds: [ID!]
    note: String
    more: ChangeInput
  }
  union ChangeResult = Order | NotAllowed
  type NotAllowed implements UserError {
    code: String!
  }
`;
const schema = buildSchema(sdl);

/** A small supergraph with something of everything that the audit looks at. */
export const supergraph: DeclaredSupergraph = { schema, directives: directivesIn(parse(sdl)) };
const readOperation = createOperationReader();

/** What can be said of an operation on it. Throws when the text holds none. */
export function factsOf(text: string): { readonly operation: OperationDefinitionNode; readonly facts: OperationFacts } {
  const document = parse(text, { noLocation: true });
  const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) throw new Error('there is no operation');
  return { operation, facts: readOperation({ hash: 'a hash', document, operation, supergraph }) };
}
